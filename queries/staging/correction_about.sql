-- One row per correction as reviewed: which record of which source it names, if any.
-- key: source, correction_id
with asked as (
    select
        source, correction_id, table_or_source, lower(field) as field,
        as_written(record_id) as record_id, as_written(published_value) as published_value,
        case when lower(corrected_value) <> 'note only' then as_written(corrected_value) end as wanted,
        starts_with(table_or_source, 'core.incident') as is_incident,
        regexp_full_match(table_or_source, '(marts|core|meta)\.[a-z0-9_]+') as is_table
    from raw.correction
),

-- A row of core.incident is named by kind, source and reference; sources are also known without their region's name.
about as (
    select
        asked.*, source.source as about_source, source.kind as about_kind,
        case
            when asked.is_incident then regexp_extract(asked.record_id, '^[^/]+/[^/]+/(.+)$', 1) else asked.record_id
        end as about_id
    from asked
    left join raw.source as own on asked.source = own.source
    left join raw.source as source
        on case when asked.is_incident then split_part(asked.record_id, '/', 2) else asked.table_or_source end
            in (source.source, substr(source.source, length(own.region) + 2))
    qualify row_number() over (
            partition by asked.source, asked.correction_id
            order by source.source = asked.table_or_source desc, source.source
        ) = 1
)

select
    -- Source id of the file of corrections; joins to raw.source. Never null.
    about.source,
    -- Reference of the correction. Never null.
    about.correction_id,
    -- Field it is about, lower case. Never null.
    about.field,
    -- Row it is about, as written. Never null.
    about.record_id,
    -- What was published when it was asked for, as text; null if not said.
    about.published_value,
    -- What it should be, as text; null where only a note was asked for.
    about.wanted,
    -- True where it names a published table. Never null.
    about.is_table,
    -- Source id of the record it names; null where it names a figure, or no source that is known.
    about.about_source,
    -- Kind of that source; null likewise.
    about.about_kind,
    -- Reference of the record within that source, as written. Never null.
    about.about_id
from about
