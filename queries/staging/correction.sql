-- One row per correction as reviewed: which row of a source it is about, and whether it is applied.
-- Only an accepted one with a value that its field may have is applied; the source's own value is kept here.
-- key: source, correction_id
with record as (
    select
        said.source, said.record_id, min(said.file) as file, min(said.row) as file_row,
        string_agg(said.field, ', ' order by said.field) as fields
    from staging.correction_record as said
    group by all
),

extent as (
    select
        min(st_xmin(geom)) - getvariable('buffer_m') as x_min, max(st_xmax(geom)) + getvariable('buffer_m') as x_max,
        min(st_ymin(geom)) - getvariable('buffer_m') as y_min, max(st_ymax(geom)) + getvariable('buffer_m') as y_max
    from raw.area
),

typed as (
    select
        asked.area_code, asked.table_or_source, asked.claim, asked.evidence, asked.reviewed_by, asked.reviewed_on,
        asked.decision, about.*, record.file, record.file_row, record.fields, original.field is not null as is_field,
        original.original_value,
        case
            when about.field in ('severity', 'road_class') then lower(about.wanted)
            when about.field = 'location' then regexp_replace(about.wanted, '[\s,;]+', ' ')
            else about.wanted
        end as corrected_value,
        case about.field
            when 'severity' then lower(about.wanted) in ('fatal', 'serious', 'slight')
            when 'road_class' then lower(about.wanted) in ('motorway', 'a', 'b', 'c', 'unclassified')
            when 'road_number' then try_cast(about.wanted as bigint) between 1 and 9999
            when 'speed_limit_mph' then try_cast(about.wanted as bigint) between 5 and 70
            when 'base' then try_cast(about.wanted as bigint) >= 0
            when 'score' then try_cast(about.wanted as double) between scale.lowest and scale.highest
            when 'occurred_on' then try_cast(about.wanted as date) is not null
            when 'reported_at' then try_cast(about.wanted as timestamp) is not null
            when 'closed_at' then try_cast(about.wanted as timestamp) is not null
            when 'location'
                then easting_of(about.wanted) between extent.x_min and extent.x_max
                    and northing_of(about.wanted) between extent.y_min and extent.y_max
            else true
        end as is_possible
    from staging.correction_about as about
    inner join raw.correction as asked
        on about.source = asked.source and about.correction_id = asked.correction_id
    cross join extent
    left join raw.source as scale on about.about_source = scale.source
    left join record on about.about_source = record.source and about.about_id = record.record_id
    left join staging.correction_record as original
        on about.about_source = original.source
            and about.about_id = original.record_id
            and about.field = original.field
),

judged as (
    select
        typed.*,
        case
            when typed.decision = 'rejected' then 'the review did not accept it'
            when typed.about_source is null and not typed.is_table then 'no source or table is called so'
            when typed.about_source is not null and typed.fields is null then 'the source has no such record'
            when
                typed.about_source is null and starts_with(typed.table_or_source, 'core.incident')
                then 'the record names no source'
            when typed.wanted is null then 'only a note was asked for'
            when typed.about_source is null then 'a published figure is worked out from rows of sources and is not set'
            when not typed.is_field then 'this field cannot be corrected; those that can are ' || typed.fields
            when not coalesce(typed.is_possible, false) then 'the field cannot have this value'
            when not says_same(
                    coalesce(typed.published_value, typed.original_value, ''),
                    coalesce(typed.original_value, '')
                )
                then 'the source no longer says what was corrected'
            when says_same(coalesce(typed.original_value, ''), typed.corrected_value)
                then 'the source says so already'
        end as problem
    from typed
),

ranked as (
    select
        judged.*,
        first_value(judged.correction_id) over (
            partition by judged.about_source, judged.about_id, judged.field, judged.problem is null
            order by judged.reviewed_on desc, judged.correction_id desc, judged.source desc
        ) as standing_id,
        row_number() over (
            partition by judged.about_source, judged.about_id, judged.field, judged.problem is null
            order by judged.reviewed_on desc, judged.correction_id desc, judged.source desc
        ) as standing
    from judged
)

select
    -- Source id of the file of corrections; joins to raw.source. Never null.
    ranked.source,
    -- Reference of the correction. Never null.
    ranked.correction_id,
    -- Code of the authority that asked for it. Never null.
    ranked.area_code,
    -- Source or published table it is about, as written. Never null.
    ranked.table_or_source,
    -- Row it is about, as written. Never null.
    ranked.record_id,
    -- Field it is about. Never null.
    ranked.field,
    -- What was published when it was asked for; null if not said.
    ranked.published_value,
    -- What it should be; null where only a note was asked for.
    ranked.corrected_value,
    -- What is wrong, in words. Never null.
    ranked.claim,
    -- What shows it. Never null.
    ranked.evidence,
    -- Role of who reviewed it. Never null.
    ranked.reviewed_by,
    -- Day of the review. Never null.
    ranked.reviewed_on,
    -- accepted or rejected. Never null.
    ranked.decision,
    -- Source id of the record it is about; null where it is about a published table, or nothing known.
    ranked.about_source,
    -- Kind of that source; null likewise.
    ranked.about_kind,
    -- Reference of the record within that source; null where there is none.
    case when ranked.fields is not null then ranked.about_id end as about_id,
    -- File that holds the record; null likewise.
    ranked.file as about_file,
    -- Row of that file; null likewise.
    ranked.file_row as about_row,
    -- What the source itself says, as text (a place as easting and northing, metres); null where it says nothing.
    ranked.original_value,
    -- True where models use corrected_value for original_value. Never null.
    ranked.problem is null and ranked.standing = 1 as is_applied,
    -- Why it is not applied; null where it is.
    coalesce(
        ranked.problem, case when ranked.standing > 1 then 'superseded by correction ' || ranked.standing_id end
    ) as problem
from ranked
