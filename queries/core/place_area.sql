-- One row per area of the finest level below the authorities that is held against what is usual: what it is like.
-- Columns as in core.place_section.
-- key: place
with usual as (
    select usual.*, depth.position
    from core.usual_area as usual
    inner join raw.level as depth on usual.area_level = depth.area_level
    inner join core.area as area on usual.area_level = area.area_level and usual.area_code = area.area_code
    inner join core.event_period as period
        on area.region = period.region
            and usual.event = period.event
            and usual.period_start = period.period_start
            and usual.period_end = period.period_end
            and period.is_pooled
    where
        usual.event = 'collisions'
        and depth.position > (select own.position from raw.level as own where own.is_authority)
    qualify depth.position = max(depth.position) over ()
)

select
    -- Place: as problem in core.candidate_area. Never null.
    usual.area_level || ' ' || usual.area_code as place,
    -- area. Never null.
    'area' as kind,
    -- Theme of the register of outcomes. Never null.
    'safety' as theme,
    -- Outcome of the register. Never null.
    'collisions_against_usual' as outcome,
    -- Name for people. Never null.
    area.area_name as name,
    -- Level of area_code. Never null.
    usual.area_level,
    -- Code of the area as published. Never null.
    usual.area_code,
    -- Code of the authority that holds it; null where none does.
    above.ancestor_code as authority_code,
    -- Null: it is no section.
    null::varchar as corridor,
    -- Null: it is no section.
    null::bigint as section,
    -- Only places of one kind are compared. Never null.
    usual.area_level || ' by ' || usual.exposed_to as place_kind,
    -- Collisions counted over the period. Never null.
    usual.observed,
    -- Collisions usual over the period. Never null.
    usual.expected,
    -- Collisions in the long run over such a period. Never null.
    usual.estimate,
    -- False-discovery-rate q-value; null where too few data.
    usual.q,
    -- better, similar, worse or too few data. Never null.
    usual.verdict,
    -- Null: it is no stretch of road.
    null::double as log_flow,
    -- Null likewise.
    null::double as log_length,
    -- Deprivation score; null where not given.
    profile.deprivation,
    -- Logarithm of residents per square kilometre; null where not known.
    profile.population_density
from usual
inner join core.area as area on usual.area_level = area.area_level and usual.area_code = area.area_code
left join core.area_profile as profile
    on usual.area_level = profile.area_level and usual.area_code = profile.area_code
left join core.area_ancestor as above
    on usual.area_level = above.area_level
        and usual.area_code = above.area_code
        and above.ancestor_level = getvariable('authority_level')
