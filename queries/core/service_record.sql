-- One row per service outcome and authority: over how many periods as long as the newest it has been better than the
-- outcome's first comparator.
-- key: outcome, area_code
select
    -- Outcome of the register. Never null.
    latest.outcome,
    -- Code of the authority as published. Never null.
    latest.area_code,
    -- Periods with a value and one of the comparator. Never null.
    count(*)::double as years,
    -- Of these, with a better value than the comparator. Never null.
    count(*) filter (
        case when latest.direction = 'lower' then estimate.value < comparison.comparator_value
            else estimate.value > comparison.comparator_value
        end
    ) as better_years
from core.service_latest as latest
inner join run.outcome_definition as definition on latest.outcome = definition.outcome
inner join core.estimate as estimate
    on latest.outcome = estimate.outcome
        and latest.area_level = estimate.area_level
        and latest.area_code = estimate.area_code
        -- Years differ by a day.
        and abs((latest.period_end - latest.period_start) - (estimate.period_end - estimate.period_start)) <= 2
inner join core.comparison as comparison
    on estimate.outcome = comparison.outcome
        and estimate.area_level = comparison.area_level
        and estimate.area_code = comparison.area_code
        and estimate.period_start = comparison.period_start
        and estimate.period_end = comparison.period_end
        and definition.comparator = comparison.comparator
where estimate.value is not null and comparison.comparator_value is not null
group by latest.outcome, latest.area_code
