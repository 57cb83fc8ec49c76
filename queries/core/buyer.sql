-- One row per source, name and reference that contracts are bought under: the authority it is, if that is sure.
-- Sure is an alias that the region's file lists, an authority's code at the end of the reference, or its very name.
-- key: source, buyer_name, buyer_id
with buyer as (
    select distinct source, buyer_name, coalesce(buyer_id, '') as buyer_id from staging.contract
),

authority as (
    select area_code, plain_name(area_name) as plain_name
    from core.area
    where area_level = getvariable('authority_level') and not is_context
),

candidate as (
    select buyer.*, alias.area_code, 1 as choice, 'alias: reference' as matched_by
    from buyer
    inner join staging.buyer_alias as alias on buyer.buyer_id = alias.buyer_id
    union all
    select buyer.*, alias.area_code, 2, 'alias: name'
    from buyer
    inner join staging.buyer_alias as alias on plain_name(buyer.buyer_name) = alias.plain_name
    union all
    select buyer.*, authority.area_code, 3, 'code in the reference'
    from buyer
    inner join authority on regexp_extract(buyer.buyer_id, '[^-]*$') = authority.area_code
    union all
    select buyer.*, authority.area_code, 4, 'name'
    from buyer
    inner join authority on plain_name(buyer.buyer_name) = authority.plain_name
),

best as (
    select
        source, buyer_name, buyer_id,
        list_distinct(list(area_code)) as area_codes,
        any_value(matched_by) as matched_by
    from (
        select *
        from candidate
        qualify choice = min(choice) over (partition by source, buyer_name, buyer_id)
    ) as chosen
    group by all
)

select
    -- Source id of the contracts. Never null.
    buyer.source,
    -- Name as published. Never null.
    buyer.buyer_name,
    -- Reference as published; empty if not said. Never null.
    buyer.buyer_id,
    -- Code of the authority; null where not_matched_because says why.
    case when len(best.area_codes) = 1 then authority.area_code end as area_code,
    -- What it rests on: alias: reference, alias: name, code in the reference, or name; null where nothing does.
    case when len(best.area_codes) = 1 and authority.area_code is not null then best.matched_by end as matched_by,
    -- Why no authority is known; null where one is.
    case
        when best.area_codes is null then 'no alias, code or name is the same'
        when len(best.area_codes) > 1 then 'several authorities go by it'
        when authority.area_code is null then 'the alias names no authority of this region'
    end as not_matched_because
from buyer
left join best
    on buyer.source = best.source and buyer.buyer_name = best.buyer_name and buyer.buyer_id = best.buyer_id
left join authority on best.area_codes[1] = authority.area_code
