-- One row per correction as reviewed: what it is about, what was decided, and what became of it.
-- What it says of a row is shown only where both its own source and the source of the row are open row by row.
-- key: source, correction_id
with told as (
    select
        correction.*,
        own.publish = 'rows' and coalesce(about.publish, 'rows') = 'rows' as is_open,
        estimate.outcome, estimate.area_level, estimate.area_code as outcome_area_code,
        estimate.period_start, estimate.period_end,
        correction.table_or_source in ('marts.outcome', 'marts.comparison') as is_outcome,
        starts_with(correction.table_or_source, 'marts.') or starts_with(correction.table_or_source, 'meta.')
        or (starts_with(correction.table_or_source, 'core.') and correction.problem <> 'the record names no source')
            as is_table,
        exists(select 1 from core.area as area where area.area_code = correction.area_code) as is_area
    from staging.correction as correction
    inner join raw.source as own on correction.source = own.source
    left join raw.source as about on correction.about_source = about.source
    left join core.estimate as estimate
        on correction.table_or_source in ('marts.outcome', 'marts.comparison')
            and not estimate.is_rare
            and split_part(correction.record_id, '/', 1) = estimate.outcome
            and split_part(correction.record_id, '/', 2) = estimate.area_level
            and split_part(correction.record_id, '/', 3) = estimate.area_code
            and split_part(correction.record_id, '/', 4) = estimate.period_start::varchar
            and split_part(correction.record_id, '/', 5) = estimate.period_end::varchar
),

judged as (
    select
        told.*,
        case
            when told.is_applied then 'applied'
            when told.decision = 'rejected' then 'rejected'
            when told.about_source is null and (
                    told.problem in ('no source or table is called so', 'the record names no source')
                    or (told.is_outcome and told.outcome is null)
                    or not told.is_area
                )
                then 'matched nothing'
            when told.about_source is not null and told.about_id is null then 'matched nothing'
            when told.about_source is null or told.corrected_value is null then 'note only'
            else 'not applied'
        end as result
    from told
)

select
    -- Source id of the file of corrections; joins to meta.source. Never null.
    judged.source,
    -- Reference of the correction. Never null.
    judged.correction_id,
    -- Code of the authority that asked for it. Never null.
    judged.area_code,
    -- Source or published table it is about. Never null.
    judged.table_or_source,
    -- Row it is about; null where it may not be shown.
    case when judged.is_open then judged.record_id end as record_id,
    -- Field it is about. Never null.
    judged.field,
    -- What was published when it was asked for; null if not said, or where it may not be shown.
    case when judged.is_open then judged.published_value end as published_value,
    -- What the source says today; null if nothing, for published tables, or where it may not be shown.
    case when judged.is_open then judged.original_value end as original_value,
    -- What it should be; null where only a note was asked for, or where it may not be shown.
    case when judged.is_open then judged.corrected_value end as corrected_value,
    -- What is wrong, in words; null where it may not be shown.
    case when judged.is_open then judged.claim end as claim,
    -- What shows it; null where it may not be shown.
    case when judged.is_open then judged.evidence end as evidence,
    -- Role of who reviewed it. Never null.
    judged.reviewed_by,
    -- Day of the review. Never null.
    judged.reviewed_on,
    -- accepted or rejected. Never null.
    judged.decision,
    -- applied, note only, rejected, not applied or matched nothing. Never null.
    judged.result,
    -- Why it is not applied; null where it is.
    case
        when judged.result = 'matched nothing' and judged.is_outcome then 'no outcome has such a row'
        when judged.result = 'matched nothing' and judged.about_source is null and judged.is_table
            then 'no area of this region has the code'
        else judged.problem
    end as reason,
    -- Outcome whose row it is about; null where it is about something else.
    judged.outcome,
    -- Area level of that row; null likewise.
    judged.area_level,
    -- Code of the area of that row; null likewise.
    judged.outcome_area_code,
    -- First day of the period of that row; null likewise.
    judged.period_start,
    -- Last day of the period of that row; null likewise.
    judged.period_end
from judged
