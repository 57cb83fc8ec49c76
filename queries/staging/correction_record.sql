-- One row per record of a source that a correction names, and field that may be corrected: what the source says.
-- key: source, record_id, field
with collision as (
    -- Not in the list below: a macro within it loses the names of its fields.
    select collision.*, place_text(collision.geom) as place
    from raw.collision as collision
    semi join staging.correction_about as about
        on collision.source = about.about_source and collision.collision_id = about.about_id
),

report as (
    select report.*, place_text(report.geom) as place
    from raw.report as report
    semi join staging.correction_about as about
        on report.source = about.about_source and report.report_id = about.about_id
),

score as (
    select score.*, concat_ws('/', score.area_code, score.period, score.indicator) as record_id
    from raw.satisfaction_score as score
    semi join staging.correction_about as about
        on score.source = about.about_source
            and concat_ws('/', score.area_code, score.period, score.indicator) = about.about_id
),

-- What may be corrected, and what the source says of it.
original as (
    select collision.source, collision.collision_id as record_id, collision.file, collision.row, told.fact
    from collision
    cross join
        unnest([
            { 'field': 'severity', 'value': collision.severity },
            { 'field': 'occurred_on', 'value': collision.occurred_on::varchar },
            { 'field': 'recorded_authority', 'value': collision.recorded_authority },
            { 'field': 'road_class', 'value': collision.road_class },
            { 'field': 'road_number', 'value': collision.road_number::varchar },
            { 'field': 'speed_limit_mph', 'value': collision.speed_limit_mph::varchar },
            { 'field': 'location', 'value': collision.place }
        ]) as told (fact)
    union all
    select report.source, report.report_id, report.file, report.row, told.fact
    from report
    cross join
        unnest([
            { 'field': 'category', 'value': report.category },
            { 'field': 'recorded_authority', 'value': report.recorded_authority },
            { 'field': 'reported_at', 'value': report.reported_at::varchar },
            { 'field': 'closed_at', 'value': report.closed_at::varchar },
            { 'field': 'location', 'value': report.place }
        ]) as told (fact)
    union all
    select score.source, score.record_id, score.file, score.row, told.fact
    from score
    cross join unnest([
        { 'field': 'score', 'value': score.score::varchar },
        { 'field': 'base', 'value': score.base::varchar }
    ]) as told (fact)
)

select
    -- Source id of the record. Never null.
    original.source,
    -- Reference of the record within its source. Never null.
    original.record_id,
    -- Name of a field that a correction may set. Never null.
    original.fact['field'] as field,
    -- What the source says of it, as text; a place as easting and northing, metres; null where it says nothing.
    original.fact['value'] as original_value,
    -- File that holds the record. Never null.
    original.file,
    -- Row of that file. Never null.
    original.row
from original
