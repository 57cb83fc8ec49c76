-- One row per contract, buyer and supplier, as last stated: rows of earlier statements and of tenders since let are
-- left behind.
-- key: source, file, row
with ranked as (
    select
        *,
        coalesce(process_id, contract_id) as process,
        rank() over (
            partition by source, contract_id order by released_on desc nulls last, release_id desc nulls last
        ) as age
    from raw.contract
),

judged as (
    select
        *,
        supplier_kind is null and value is null as is_tender,
        bool_or(supplier_kind is not null or value is not null) over (partition by source, process) as is_let
    from ranked
)

select
    -- Source id; joins to raw.source. Never null.
    judged.source,
    -- Path of the file below the data root. Never null.
    judged.file,
    -- Row in the file. Never null.
    judged.row,
    -- Publisher's reference of the contract or notice. Never null.
    judged.contract_id,
    -- Stage as published; null if not said.
    judged.status,
    -- Who buys, as published. Never null.
    judged.buyer_name,
    -- Reference of the buyer, as published; null if not said.
    judged.buyer_id,
    -- Who supplies, as published; null where not let, or withheld.
    judged.supplier_name,
    -- What tells suppliers apart: reference, or else plain name; null where not let, or withheld.
    supplier_key_of(judged.supplier_id, judged.supplier_name) as supplier_key,
    -- True where there is a supplier who may be a person, and whose name was not kept. Never null.
    coalesce(judged.supplier_kind = 'withheld', false) as is_withheld,
    -- Value of the whole contract, in its currency; null if not said.
    judged.value,
    -- Currency of the value; GBP where the source does not say. Null where there is no value.
    case when judged.value is not null then coalesce(judged.currency, 'GBP') end as currency,
    -- First code of the Common Procurement Vocabulary; null if not said.
    judged.cpv,
    -- First day of the contract; null if not said.
    judged.start_on,
    -- Last day of the contract; null if not said.
    judged.end_on,
    -- Amendments that the last statement lists; zero where it lists none. Never null.
    coalesce(judged.amendment_count, 0) as amendment_count
from judged
where judged.age = 1 and not (judged.is_tender and judged.is_let)
