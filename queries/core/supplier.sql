-- One row per supplier, authority and contract on roads that it has or had there, its days known.
-- key: source, contract_id, buyer_name, buyer_id, supplier_key
with named as (
    select supplier_key, min(supplier_name) as supplier
    from staging.contract
    where supplier_key is not null
    group by all
),

each as (
    select *, unnest(supplier_keys) as supplier_key
    from core.contract
    where area_code is not null and is_road_work and start_on <= end_on
)

select
    -- Source id of the contract. Never null.
    each.source,
    -- Publisher's reference of the contract. Never null.
    each.contract_id,
    -- Who buys, as published. Never null.
    each.buyer_name,
    -- Reference of the buyer; empty if not said. Never null.
    each.buyer_id,
    -- What tells suppliers apart: reference, or else plain name. Never null.
    each.supplier_key,
    -- Name of the supplier: of several spellings the first. Null where only a reference is given.
    named.supplier,
    -- Code of the authority that buys. Never null.
    each.area_code,
    -- First day of the contract. Never null.
    each.start_on,
    -- Last day of the contract. Never null.
    each.end_on,
    -- Value of the whole contract; null if not said, or in another currency than pounds.
    case when each.currency = 'GBP' then each.value end as value_gbp
from each
left join named on each.supplier_key = named.supplier_key
