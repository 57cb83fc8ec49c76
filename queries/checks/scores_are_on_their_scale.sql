-- Every published score and every answer is on its source's scale.
-- severity: warn
with given as (
    select source, indicator, score from raw.satisfaction_score
    union all
    select source, indicator, rating from raw.satisfaction_response
)

select
    given.source,
    given.indicator,
    source.lowest,
    source.highest,
    min(given.score) as lowest_given,
    max(given.score) as highest_given,
    count(*) as row_count
from given
inner join raw.source as source on given.source = source.source
where given.score not between source.lowest and source.highest
group by all
