-- One row per section of a numbered road with more collisions in the long run than are usual for such roads: it may be
-- a problem. All models named core.candidate_ have these columns, and core.problem picks them up.
-- key: problem
select
    -- Name of the problem: kind and place. Never null.
    'section ' || usual.corridor || ' ' || usual.section as problem,
    -- section. Never null.
    'section' as kind,
    -- How wide a place it is: 0 for the narrowest kind, which has the first right to an event; null without events.
    0 as width,
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
    -- First day of the period. Never null.
    usual.period_start,
    -- Last day of the period. Never null.
    usual.period_end,
    -- Years that estimate and expected are of: divide by it for a year. Never null.
    usual.years,
    -- Events counted, or people asked; null where not known.
    usual.observed,
    -- What is usual for such a place over the period. Never null.
    usual.expected,
    -- Best estimate over the period, in the unit of expected. Never null.
    usual.estimate,
    -- Its standard error; 0 where nothing tells places apart. Never null.
    usual.standard_error,
    -- What one more than usual is worth, in unit; below 0 where more is better; null where no value is published.
    price.mean_pounds as worth,
    -- Unit of the loss a year. Never null.
    'pounds' as unit,
    -- Year whose prices pounds are in; null for other units, and where no value is published.
    price.price_year,
    -- False-discovery-rate q-value; null where too few data.
    usual.q,
    -- Length of road, kilometres; null where it is no stretch of road.
    usual.length_km,
    -- Motor vehicles on an average day; null where not known, or not of a road.
    cell.flow,
    -- Share of length and time whose traffic is known, 0 to 1; null where it does not apply.
    usual.known_share,
    -- What it is like: only places of one kind are compared. Never null.
    usual.road_class || ' by ' || usual.basis as place_kind,
    -- Source ids, comma-separated. Never null.
    section.source
from core.usual_section as usual
inner join core.corridor_section as section
    on usual.corridor = section.corridor and usual.section = section.section
inner join core.section_cell as cell
    on usual.event = cell.event and usual.corridor = cell.corridor and usual.section = cell.section
inner join core.area as area
    on area.area_level = getvariable('authority_level') and usual.area_code = area.area_code
left join core.collision_price as price on area.region = price.region and usual.event = price.event
where usual.event = 'collisions' and usual.excess > 0 and usual.verdict <> 'too few data'
