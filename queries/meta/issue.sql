-- One row per fault in a source file, found by its reader or mended by a correction; alike faults of sources that are
-- not open row by row are counted together.
-- key: source, file, row, column_name, value, rule, severity, who_can_fix
with found as (
    select
        issue.source, issue.file, issue.row, issue.column_name, issue.value, issue.rule, issue.severity,
        issue.who_can_fix
    from raw.issue as issue
    union all
    select
        about_source, about_file, about_row, field, original_value,
        'corrected by ' || correction_id || ' of ' || source || ', reviewed on ' || reviewed_on
        || ' [to ' || corrected_value || ']',
        'repaired', 'publisher'
    from staging.correction
    where is_applied
),

judged as (
    select issue.*, source.publish = 'rows' as is_open
    from found as issue
    inner join raw.source as source on issue.source = source.source
)

select
    -- Source id; joins to meta.source. Never null.
    judged.source,
    -- Path of the file below the data root. Never null.
    judged.file,
    -- Row in the file, header as row 1; zero where the file as a whole is meant or the source is not open. Never null.
    case when judged.is_open then coalesce(judged.row, 0) else 0 end as row,
    -- Header of the column at fault; empty where the whole row is. Never null.
    coalesce(judged.column_name, '') as column_name,
    -- The value as read; empty where there was none, or where the source is not open row by row. Never null.
    case when judged.is_open then coalesce(judged.value, '') else '' end as value,
    -- What the value breaks, in words; the place in brackets only where the source is open row by row. Never null.
    case when judged.is_open then judged.rule else regexp_replace(judged.rule, '\s*\[.*\]', '') end as rule,
    -- rejected (row left out), blanked (value left out), repaired, or note. Never null.
    judged.severity,
    -- publisher or operator. Never null.
    judged.who_can_fix,
    -- Faults this row stands for.
    count(*) as issue_count
from judged
group by all
