-- One row per corridor in the region: how long it is, whose it is, and how much of it is worse than usual.
-- key: corridor
with ending as (
    -- A contract of an authority is one of the corridor's, whatever roads it is for.
    select authority.corridor, count(distinct concat_ws('/', contract.source, contract.contract_id)) as contract_count
    from (select distinct corridor, area_code from core.corridor_profile) as authority
    inner join core.contract as contract on authority.area_code = contract.area_code
    inner join raw.source as source on contract.source = source.source and source.publish = 'rows'
    where
        contract.is_road_work
        and contract.start_on <= getvariable('basis_on')
        and contract.end_on >= getvariable('basis_on')
        and contract.end_on <= getvariable('basis_on') + interval 1 year
    group by all
)

select
    -- Corridor: road number and part (A61/1). Never null.
    profile.corridor,
    -- Road number with its letter (A61). Never null.
    any_value(profile.road) as road,
    -- Class most of it has: motorway, a, b, c or unclassified. Never null.
    any_value(profile.road_class) as road_class,
    -- True where it goes from one authority of the region into another. Never null.
    bool_or(profile.is_across_borders) as is_across_borders,
    -- Length in the region, kilometres: dual carriageways once. Never null.
    sum(profile.length_km order by profile.section) as length_km,
    -- Sections. Never null.
    count(*) as section_count,
    -- Authorities it runs through. Never null.
    count(distinct profile.area_code) as authority_count,
    -- Their codes, comma-separated. Never null.
    string_agg(distinct profile.area_code, ',' order by profile.area_code) as area_codes,
    -- Places where it goes from one into another. Never null.
    count(*) filter (profile.is_change) as change_count,
    -- Sections with a verdict on collisions. Never null.
    count(*) filter (profile.collision_verdict in ('better', 'similar', 'worse')) as judged_count,
    -- Sections with more collisions than usual for such roads. Never null.
    count(*) filter (profile.collision_verdict = 'worse') as worse_count,
    -- Length of those, kilometres. Never null.
    coalesce(sum(profile.length_km order by profile.section) filter (profile.collision_verdict = 'worse'), 0)
        as worse_km,
    -- Collisions of the period on its sections that have a usual count; null where none has.
    any_value(whole.observed)::bigint as collision_count,
    -- Collisions usual on those sections; null likewise.
    any_value(whole.expected) as expected_count,
    -- Collisions / usual, all those sections together: 1 is usual; null likewise.
    any_value(whole.ratio) as collision_ratio,
    -- Lower 95 % limit of it; null likewise.
    any_value(whole.lower) as collision_ratio_lower,
    -- Upper 95 % limit of it; null likewise.
    any_value(whole.upper) as collision_ratio_upper,
    -- Two-sided p that its sections are like others of their class and traffic, neighbours going together as elsewhere;
    -- null likewise, and where fewer than five collisions are usual.
    any_value(whole.p) as p,
    -- False-discovery-rate q-value over all corridors; null likewise.
    any_value(whole.q) as q,
    -- worse or better than usual as a whole, similar, or too few data; null where no section has a usual count.
    any_value(whole.verdict) as collision_verdict,
    -- Contracts for road works of its authorities that end within a year; zero also where none are published. Never
    -- null.
    coalesce(any_value(ending.contract_count), 0) as contracts_ending
from core.corridor_profile as profile
left join core.usual_corridor as whole on profile.corridor = whole.corridor
left join ending on profile.corridor = ending.corridor
group by profile.corridor
