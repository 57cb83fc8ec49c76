-- Every satisfaction indicator is mapped to an outcome and every period is understood.
-- severity: warn
select score.source, score.indicator, score.period, count(*) as row_count
from raw.satisfaction_score as score
anti join raw.indicator as indicator on score.source = indicator.source and score.indicator = indicator.indicator
group by all
union all
select score.source, score.indicator, score.period, count(*)
from raw.satisfaction_score as score
where period_start_of(score.period) is null
group by all
union all
select response.source, response.indicator, null, count(*)
from raw.satisfaction_response as response
anti join raw.indicator as indicator
    on response.source = indicator.source and response.indicator = indicator.indicator
group by all
