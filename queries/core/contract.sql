-- One row per contract and buyer: what was bought, from whom, and which authority the buyer is.
-- key: source, contract_id, buyer_name, buyer_id
with stated as (
    select
        source, contract_id, min(released_on) as first_released_on, max(released_on) as last_released_on,
        count(distinct coalesce(release_id, released_on::varchar)) as release_count,
        arg_min(value, released_on) as first_value
    from raw.contract
    group by all
),

bought as (
    select
        source, contract_id, buyer_name, coalesce(buyer_id, '') as buyer_id,
        list_sort(list_distinct(list(supplier_key) filter (supplier_key is not null))) as supplier_keys,
        string_agg(distinct supplier_name, '; ' order by supplier_name) as suppliers,
        count(*) filter (is_withheld) as withheld_count,
        min(status) as status, max(value) as value, min(currency) as currency, min(cpv) as cpv,
        min(start_on) as start_on, max(end_on) as end_on, max(amendment_count) as amendment_count
    from staging.contract
    group by all
)

select
    -- Source id; joins to meta.source. Never null.
    bought.source,
    -- Publisher's reference of the contract or notice. Never null.
    bought.contract_id,
    -- Who buys, as published. Never null.
    bought.buyer_name,
    -- Reference of the buyer, as published; empty if not said. Never null.
    bought.buyer_id,
    -- Code of the authority that buys; null where not_matched_because says why.
    buyer.area_code,
    -- How the buyer was matched, as in core.buyer; null where it was not.
    buyer.matched_by,
    -- Why no authority is known; null where one is.
    buyer.not_matched_because,
    -- Who supplies, names apart by semicolons; null where not let, or all withheld.
    bought.suppliers,
    -- What tells its suppliers apart; empty where not let, or all withheld. Never null.
    coalesce(bought.supplier_keys, []) as supplier_keys,
    -- Suppliers who may be people, and whose names were not kept. Never null.
    bought.withheld_count,
    -- Stage as published; null if not said.
    bought.status,
    -- Value of the whole contract over its whole period, not of one supplier's part; null if not said.
    bought.value,
    -- Value as first stated; null if not said.
    stated.first_value,
    -- Currency of the values; null where there is none.
    bought.currency,
    -- First code of the Common Procurement Vocabulary; null if not said.
    bought.cpv,
    -- True where that code is of works or services on roads; null where there is no code.
    is_road_cpv(bought.cpv) as is_road_work,
    -- First day of the contract; null if not said.
    bought.start_on,
    -- Last day of the contract; null if not said.
    bought.end_on,
    -- Amendments that the last statement lists. Never null.
    bought.amendment_count,
    -- Statements of it that were read. Never null.
    stated.release_count
from bought
inner join stated on bought.source = stated.source and bought.contract_id = stated.contract_id
inner join core.buyer as buyer
    on bought.source = buyer.source and bought.buyer_name = buyer.buyer_name and bought.buyer_id = buyer.buyer_id
