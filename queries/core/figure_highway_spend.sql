-- One row per authority, financial year and measure of what it spent on roads: an account, not a sample.
-- key: outcome, area_level, area_code, period_start, period_end
with measure as (
    select 'highway_spend_per_km' as outcome, 'km of road' as unit, road_km as amount, spend.* from core.spend as spend
    union all
    select 'highway_spend_per_person', 'residents', population, spend.* from core.spend as spend
)

select
    -- Outcome; described in marts.outcome_definition. Never null.
    measure.outcome,
    -- Area level, as named in the region file. Never null.
    getvariable('authority_level') as area_level,
    -- Code of the area as published (GSS in Britain). Never null.
    measure.area_code,
    -- First day of the financial year. Never null.
    measure.period_start,
    -- Last day of the financial year. Never null.
    measure.period_end,
    -- Pounds per kilometre of road, or per resident; null where the amount, the road or the residents are not known.
    measure.spend_gbp / nullif(measure.amount, 0) as value,
    -- Always null: a full account has no interval.
    null::double as lower,
    -- Always null: a full account has no interval.
    null::double as upper,
    -- Always null: a full account has no standard error.
    null::double as standard_error,
    -- Always null: nobody was asked and nothing counted.
    null::bigint as observations,
    -- Always null: no events arose in it; the method says what the spend is set against.
    null::double as exposure,
    -- Always null, as exposure.
    null::varchar as exposure_unit,
    -- The value: nothing is modelled.
    measure.spend_gbp / nullif(measure.amount, 0) as raw_value,
    -- Why there is no interval. Never null.
    'none: a full account' as uncertainty_kind,
    -- What was added up, in which prices, and what it was set against. Never null.
    coalesce(measure.scope, 'spend') || ', ' || measure.prices || ' prices, / ' || measure.unit as method,
    -- Source ids, comma-separated. Never null.
    measure.source,
    -- Areas differ by so much; below 0 where income exceeds expenditure.
    'score' as scale
from measure
-- A region where nothing is known to set spend against has nothing to say, rather than rows of nulls.
qualify bool_or(measure.amount is not null) over (partition by measure.outcome)
