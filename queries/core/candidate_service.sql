-- One row per authority and service outcome in which it is worse than its comparator, in the newest period that the
-- outcome has of it: it may be a problem. Columns as in core.candidate_section.
-- key: problem
select
    -- Name of the problem: kind and place. Never null.
    'service ' || latest.area_code || ' ' || latest.outcome as problem,
    -- service. Never null.
    'service' as kind,
    -- Null: it holds no events.
    null::integer as width,
    -- Theme of the register of outcomes. Never null.
    latest.theme,
    -- Outcome of the register. Never null.
    latest.outcome,
    -- Name for people. Never null.
    area.area_name || ': ' || latest.label as name,
    -- Level of area_code. Never null.
    latest.area_level,
    -- Code of the authority as published. Never null.
    latest.area_code,
    -- Code of the authority as published. Never null.
    latest.area_code as authority_code,
    -- Null: it is no section.
    null::varchar as corridor,
    -- Null: it is no section.
    null::bigint as section,
    -- First day of the period. Never null.
    latest.period_start,
    -- Last day of the period. Never null.
    latest.period_end,
    -- 1: figures are of a year already, or are no sums over time. Never null.
    1.0::double as years,
    -- Events counted, or people asked; null where not known or hidden.
    latest.observations::double as observed,
    -- Value of the comparator, in the outcome's unit. Never null.
    latest.comparator_value as expected,
    -- Value of the authority, likewise. Never null.
    latest.value as estimate,
    -- Its standard error, likewise; 0 where none is known. Never null.
    coalesce(latest.standard_error, (latest.upper - latest.lower) / (2 * 1.959964), 0) as standard_error,
    -- Standard deviations between authorities for one unit of the outcome, below 0 where more is better; null where
    -- fewer than three authorities have a value, or all the same.
    case when latest.direction = 'lower' then 1 else -1 end
    / case when latest.area_count >= 3 and latest.spread > 0 then latest.spread end as worth,
    -- Unit of the loss. Never null.
    'standard deviations between authorities' as unit,
    -- Null: it has no price.
    null::bigint as price_year,
    -- False-discovery-rate q-value. Never null.
    latest.q,
    -- Null: it is no stretch of road; kilometres.
    null::double as length_km,
    -- Null likewise.
    null::double as flow,
    -- Null likewise.
    null::double as known_share,
    -- What it is like: only the same outcome is compared. Never null.
    latest.outcome as place_kind,
    -- Source ids, comma-separated. Never null.
    latest.source
from core.service_latest as latest
inner join core.area as area on latest.area_level = area.area_level and latest.area_code = area.area_code
where latest.verdict = 'worse'
