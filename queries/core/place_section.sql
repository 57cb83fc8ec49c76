-- One row per section of a numbered road that is held against what is usual: what it is like, to find others that
-- are alike. All models named core.place_ have these columns, and marts.exemplar picks them up.
-- key: place
select
    -- Place: as problem in core.candidate_section. Never null.
    'section ' || usual.corridor || ' ' || usual.section as place,
    -- section. Never null.
    'section' as kind,
    -- Theme of the register of outcomes. Never null.
    'safety' as theme,
    -- Outcome of the register. Never null.
    'collisions_against_usual' as outcome,
    -- Name for people. Never null.
    section.road || ' (' || usual.corridor || '), section ' || usual.section as name,
    -- Level of area_code. Never null.
    getvariable('authority_level') as area_level,
    -- Code of the area it lies in. Never null.
    usual.area_code,
    -- Code of the authority it lies in. Never null.
    usual.area_code as authority_code,
    -- Corridor; null where it is no section.
    usual.corridor,
    -- Number of the section within the corridor; null likewise.
    usual.section,
    -- Only places of one kind are compared. Never null.
    usual.road_class || ' by ' || usual.basis as place_kind,
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
    -- Logarithm of motor vehicles on an average day; 0 where such places are held against their length alone.
    case when usual.basis = 'traffic' then ln(cell.flow) else 0 end as log_flow,
    -- Logarithm of the length, kilometres; null where it is no stretch of road.
    ln(usual.length_km) as log_length,
    -- Deprivation score; null for sections, and where not given.
    null::double as deprivation,
    -- Logarithm of residents per square kilometre; null for sections, and where not known.
    null::double as population_density
from core.usual_section as usual
inner join core.corridor_section as section
    on usual.corridor = section.corridor and usual.section = section.section
inner join core.section_cell as cell
    on usual.event = cell.event and usual.corridor = cell.corridor and usual.section = cell.section
where usual.event = 'collisions' and usual.expected is not null
