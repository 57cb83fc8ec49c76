-- One row per contract and buyer of sources that are open row by row: what was bought, from whom, by which authority.
-- A buyer whom no authority is surely is stays, with the reason.
-- key: source, contract_id, buyer_name, buyer_id
select
    -- Source id; joins to meta.source. Never null.
    contract.source,
    -- Publisher's reference of the contract or notice. Never null.
    contract.contract_id,
    -- Who buys, as published. Never null.
    contract.buyer_name,
    -- Reference of the buyer, as published; empty if not said. Never null.
    contract.buyer_id,
    -- Code of the authority that buys; null where not_matched_because says why.
    contract.area_code,
    -- Name of that authority; null likewise.
    area.area_name,
    -- How the buyer was matched: alias: reference, alias: name, code in the reference, or name; null if it was not.
    contract.matched_by,
    -- Why no authority is known; null where one is. See marts.buyer_suggestion for names that are near.
    contract.not_matched_because,
    -- Who supplies, names apart by semicolons; null where not let, or all withheld.
    contract.suppliers,
    -- Suppliers who may be people, and whose names are not kept. Never null.
    contract.withheld_count,
    -- Stage as published; null if not said.
    contract.status,
    -- Value of the whole contract over its whole period, not of one supplier's part; null if not said.
    contract.value,
    -- Value as first stated; null if not said.
    contract.first_value,
    -- Currency of the values; null where there is none.
    contract.currency,
    -- First code of the Common Procurement Vocabulary; null if not said.
    contract.cpv,
    -- True where that code is of works or services on roads; null where there is no code.
    contract.is_road_work,
    -- First day of the contract; null if not said.
    contract.start_on,
    -- Last day of the contract; null if not said.
    contract.end_on,
    -- True where it runs on the basis date and ends within a year of it; null where its days are not known.
    contract.start_on <= getvariable('basis_on')
    and contract.end_on >= getvariable('basis_on')
    and contract.end_on <= getvariable('basis_on') + interval 1 year as ends_within_year,
    -- Amendments that the last statement lists. Never null.
    contract.amendment_count,
    -- Statements of it that were read. Never null.
    contract.release_count
from core.contract as contract
inner join raw.source as source on contract.source = source.source and source.publish = 'rows'
left join core.area as area
    on area.area_level = getvariable('authority_level') and contract.area_code = area.area_code
