-- Every correction that was reviewed is published once, with what became of it.
-- severity: fail
with reviewed as (
    select source, decision, count(*) as row_count from raw.correction group by all
),

published as (
    select source, decision, count(*) as published_count, count(result) as result_count
    from marts.correction
    where (result = 'rejected') = (decision = 'rejected')
    group by all
)

select *
from reviewed
full join published using (source, decision)
where
    reviewed.row_count is distinct from published.published_count
    or published.result_count <> published.published_count
