-- One row per outcome, area level and verdict against the outcome's first comparator: how many rows of marts.outcome.
-- Those without a verdict are counted by reason, so that all rows are accounted for.
-- key: outcome, area_level, verdict
select
    -- Outcome; described in marts.outcome_definition. Never null.
    estimate.outcome,
    -- Area level, as in marts.area_level. Never null.
    estimate.area_level,
    -- better, similar, worse; or why there is none: missing, suppressed, too few data, uncertainty unknown, not
    -- judged, nothing to compare with. Never null.
    case
        when estimate.is_suppressed then 'suppressed'
        when estimate.value is null then 'missing'
        else coalesce(comparison.verdict, 'nothing to compare with')
    end as verdict,
    -- Rows of marts.outcome. Never null.
    count(*) as row_count
from core.estimate as estimate
inner join run.outcome_definition as definition on estimate.outcome = definition.outcome
left join core.comparison as comparison
    on estimate.outcome = comparison.outcome
        and estimate.area_level = comparison.area_level
        and estimate.area_code = comparison.area_code
        and estimate.period_start = comparison.period_start
        and estimate.period_end = comparison.period_end
        and definition.comparator = comparison.comparator
where not estimate.is_rare
group by all
