-- Every quarantined row has an issue that names it.
-- severity: fail
with rejected as (
    select source, file, count(distinct row) as row_count from raw.issue where severity = 'rejected' group by all
)

select
    file.source,
    file.file,
    file.rows_quarantined,
    rejected.row_count
from raw.source_file as file
left join rejected using (source, file)
where file.rows_quarantined <> coalesce(rejected.row_count, 0)
