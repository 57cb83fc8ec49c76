-- One row per exemplar and fact in which its authority may differ from others: its spend, its contracts, and
-- circumstances of collisions that are more or fewer than usual there.
-- key: exemplar, fact
with fact as (
    select
        authority_code, 'spend on roads' as fact, spend_gbp / nullif(road_km, 0) as value,
        'pounds per km a year' as unit
    from core.authority_fact
    union all
    select authority_code, 'road contracts that run', contract_count, 'contracts'
    from core.authority_fact
    union all
    select authority_code, 'value of road contracts that run', contract_gbp / nullif(road_km, 0), 'pounds per km'
    from core.authority_fact
),

compared as (
    select
        authority_code, fact, value, median(value) over (partition by fact) as usual_value, unit,
        count(value) over (partition by fact) as known_count, null::varchar as verdict
    from fact
    union all
    select
        area_code, 'collisions (' || replace(dimension, '_', ' ') || ': ' || category || ')', ratio, 1.0,
        'the usual number', null, verdict
    from core.circumstance
    where area_level = getvariable('authority_level') and verdict in ('more than usual', 'fewer than usual')
)

select
    -- Exemplar, as in core.exemplar. Never null.
    exemplar.exemplar,
    -- What the fact is. Never null.
    compared.fact,
    -- Code of the authority it is a fact of. Never null.
    exemplar.authority_code,
    -- Name of the authority, for people. Never null.
    exemplar.authority_name,
    -- Its value, in unit. Never null.
    compared.value,
    -- Median of all authorities that it is known of, or 1 for circumstances. Never null.
    compared.usual_value,
    -- Unit of both. Never null.
    compared.unit,
    -- Authorities that it is known of; null for circumstances.
    compared.known_count,
    -- more than usual or fewer than usual at a false discovery rate of 5 %; null for facts that are not tested.
    compared.verdict
from core.exemplar as exemplar
inner join compared on exemplar.authority_code = compared.authority_code
where
    compared.value is not null
    -- Against nobody there is no difference.
    and coalesce(compared.known_count, 2) > 1
