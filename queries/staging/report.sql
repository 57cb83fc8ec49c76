-- One row per citizen report, with corrections applied; staging.correction keeps what the source says itself.
-- key: source, report_id
with correction as (
    select
        about_source as source, about_id as report_id,
        string_agg(correction_id, ', ' order by correction_id) as corrected_by,
        max(corrected_value) filter (field = 'category') as category,
        max(corrected_value) filter (field = 'recorded_authority') as recorded_authority,
        max(corrected_value) filter (field = 'reported_at')::timestamp as reported_at,
        max(corrected_value) filter (field = 'closed_at')::timestamp as closed_at,
        max(corrected_value) filter (field = 'location') as place
    from staging.correction
    where is_applied and about_kind = 'reports'
    group by all
),

report as (
    select
        raw.* replace (
            coalesce(correction.category, raw.category) as category,
            coalesce(correction.recorded_authority, raw.recorded_authority) as recorded_authority,
            coalesce(correction.reported_at, raw.reported_at) as reported_at,
            coalesce(correction.closed_at, raw.closed_at) as closed_at,
            case
                when correction.place is null then raw.geom
                else st_setcrs(
                        st_point(easting_of(correction.place), northing_of(correction.place)), getvariable('crs')
                    )
            end as geom
        ),
        correction.corrected_by
    from raw.report as raw
    left join correction on raw.source = correction.source and raw.report_id = correction.report_id
)

select
    -- Source id; joins to raw.source. Never null.
    report.source,
    -- Publisher's reference of the report. Never null.
    report.report_id,
    -- When it was reported; null if not said.
    report.reported_at,
    -- When it was fixed or closed; null if still open or not said. Open311 has no such field: there, the last
    -- change of a closed request is its closing (GeoReport v2).
    coalesce(report.closed_at, case when report.status = 'closed' then report.updated_at end) as closed_at,
    -- open or closed; null if not said.
    report.status,
    -- What it is about, in the publisher's words; null if not said.
    report.category,
    -- Authority the source says it was sent to, as written; null if not said.
    report.recorded_authority,
    -- The point, working CRS, metres; null where the file gave no usable coordinates.
    report.geom,
    -- Corrections applied to it, comma-separated; null where it is as its source says.
    report.corrected_by
from report
