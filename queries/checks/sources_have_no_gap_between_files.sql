-- No source of incidents has more than a month between the periods of its files: a missing file is not a quiet year.
-- severity: fail
with file as (
    select
        file.source,
        file.file,
        file.period_start,
        max(file.period_end) over (
            partition by file.source
            order by file.period_start, file.period_end
            rows between unbounded preceding and 1 preceding
        ) as covered_until
    from raw.source_file as file
    inner join raw.source as source on file.source = source.source
    where source.kind in ('collisions', 'reports')
)

select
    file.source,
    file.file,
    file.covered_until,
    file.period_start
from file
where file.period_start - file.covered_until > 31
