-- One row per supplier and outcome: what the public got where and while the supplier had a contract on roads, over
-- whole years that lie within one. Others worked there too: nothing here says that any of it is the supplier's doing.
-- Only of sources that are open row by row.
-- key: supplier_key, outcome
with open_contract as (
    select supplier.*
    from core.supplier as supplier
    inner join raw.source as source on supplier.source = source.source and source.publish = 'rows'
),

known as (
    select supplier_key, min(supplier) as supplier, count(*) as contract_count, sum(value_gbp) as value_gbp
    from open_contract
    group by all
),

covered as (
    select distinct
        contract.supplier_key, estimate.outcome, estimate.area_code, estimate.period_start, estimate.period_end,
        estimate.value, estimate.observations,
        -- Where nothing happened the error of a count is nothing, and its interval tells how unsure that is.
        coalesce(nullif(estimate.standard_error, 0), (estimate.upper - estimate.lower) / 3.919928) as error
    from open_contract as contract
    inner join core.estimate as estimate
        on contract.area_code = estimate.area_code
            and contract.start_on <= estimate.period_start
            and contract.end_on >= estimate.period_end
    where
        estimate.area_level = getvariable('authority_level')
        and estimate.value is not null
        and not estimate.is_rare
        -- One year at a time: years pooled, and spans that overlap, would count the same twice.
        and estimate.period_end - estimate.period_start between 364 and 365
),

judged as (
    select covered.*, comparison.verdict, comparison.comparator_value
    from covered
    left join core.comparison as comparison
        on covered.outcome = comparison.outcome
            and covered.area_code = comparison.area_code
            and covered.period_start = comparison.period_start
            and covered.period_end = comparison.period_end
            and comparison.area_level = getvariable('authority_level')
            and comparison.comparator = 'all_areas'
),

folded as (
    select
        supplier_key, outcome,
        avg(value order by area_code, period_start) as value,
        case when count(error) = count(*) then sqrt(sum(error ** 2 order by area_code, period_start)) / count(*) end
            as error,
        avg(comparator_value order by area_code, period_start) as comparator_value,
        count(*) as area_year_count,
        string_agg(distinct area_code, ',' order by area_code) as area_codes,
        count(distinct area_code) as area_count,
        min(period_start) as period_start, max(period_end) as period_end,
        count(*) filter (verdict = 'better') as better_count,
        count(*) filter (verdict = 'similar') as similar_count,
        count(*) filter (verdict = 'worse') as worse_count
    from judged
    group by all
)

select
    -- What tells suppliers apart: reference, or else plain name. Never null.
    folded.supplier_key,
    -- Outcome; described in marts.outcome_definition. Never null.
    folded.outcome,
    -- Name of the supplier; null where only a reference is given.
    known.supplier,
    -- Contracts on roads that it has with authorities of the region, their days known. Never null.
    known.contract_count,
    -- Value of those contracts, whole, whoever else shared them, pounds; null where none says one.
    known.value_gbp,
    -- Plain mean over those authorities and years, in the outcome's unit. Never null.
    folded.value,
    -- Lower 95 % limit of that mean: what errors of measurement leave open, areas and years taken as they are; null
    -- where the uncertainty of any is not known.
    folded.value - 1.959964 * folded.error as lower,
    -- Upper 95 % limit likewise.
    folded.value + 1.959964 * folded.error as upper,
    -- Plain mean, over the same years, of what all authorities were held against; null where there was nothing.
    folded.comparator_value,
    -- Authorities and years it is a mean of. Never null.
    folded.area_year_count,
    -- Authorities among them. Never null.
    folded.area_count,
    -- Their codes, comma-separated. Never null.
    folded.area_codes,
    -- First day of the first of those years. Never null.
    folded.period_start,
    -- Last day of the last of those years. Never null.
    folded.period_end,
    -- Of them, those that were better than all authorities. Never null.
    folded.better_count,
    -- Of them, those that were similar. Never null.
    folded.similar_count,
    -- Of them, those that were worse; the rest had too few data or no verdict. Never null.
    folded.worse_count,
    -- How to read it. Never null.
    'while the contracts ran, not because of them' as reading
from folded
inner join known on folded.supplier_key = known.supplier_key
