-- One row per authority of the region: its roads, what it spends on them, and its contracts on roads that run on the
-- basis date, of sources that are open row by row.
-- key: authority_code
with newest as (
    select area_code, period_start, period_end, spend_gbp, road_km
    from core.spend
    where spend_gbp is not null
    qualify row_number() over (partition by area_code order by period_start desc) = 1
),

maintained as (
    select area_code, sum(road_km::decimal(18, 6))::double as road_km from core.maintained_road group by all
),

running as (
    select
        contract.area_code, count(*) as contract_count,
        sum(contract.value::decimal(18, 2)) filter (contract.currency = 'GBP')::double as contract_gbp
    from core.contract as contract
    inner join raw.source as source on contract.source = source.source and source.publish = 'rows'
    where
        contract.is_road_work
        and contract.start_on <= getvariable('basis_on')
        and contract.end_on >= getvariable('basis_on')
    group by all
)

select
    -- Code of the authority as published. Never null.
    area.area_code as authority_code,
    -- Name of it, for people. Never null.
    area.area_name as authority_name,
    -- Road it answers for, kilometres: as said with the spend, or else measured; null where not known.
    coalesce(newest.road_km, maintained.road_km) as road_km,
    -- Spend on roads in the newest financial year given, pounds; null where not known.
    newest.spend_gbp,
    -- First day of that year; null likewise.
    newest.period_start as spend_start,
    -- Last day of it; null likewise.
    newest.period_end as spend_end,
    -- Contracts on roads that run; null where no contract of it is known.
    running.contract_count,
    -- Their value over their whole time, pounds; null likewise, and where none is said in pounds.
    running.contract_gbp
from core.area as area
left join newest on area.area_code = newest.area_code
left join maintained on area.area_code = maintained.area_code
left join running on area.area_code = running.area_code
where area.area_level = getvariable('authority_level') and not area.is_context
