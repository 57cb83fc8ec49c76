-- One row per place that does well: fewer collisions than usual, or an authority better than its comparator, with a
-- false discovery rate of 5 % and in four years of five, three at least.
-- key: exemplar
select
    -- Place, named as problems are. Never null.
    exemplar,
    -- Kind of place: section, area or service. Never null.
    kind,
    -- Theme of the register of outcomes. Never null.
    theme,
    -- Outcome of the register. Never null.
    outcome,
    -- Name for people. Never null.
    name,
    -- Level of area_code. Never null.
    area_level,
    -- Code of the area it lies in, or is. Never null.
    area_code,
    -- Code of the authority that holds it; null where none does.
    authority_code,
    -- Corridor; null where it is no section.
    corridor,
    -- Number of the section within the corridor; null likewise.
    section,
    -- Title of the outcome. Never null.
    label,
    -- Name of the authority; null where none holds it.
    authority_name,
    -- What it is held against: only such places. Never null.
    place_kind,
    -- Collisions counted; null for services, or so few that they may not be shown.
    events,
    -- Collisions usual, or the comparator's value. Never null.
    expected,
    -- Collisions in the long run over the years; null likewise.
    estimate,
    -- The authority's value, in value_unit; null where it is no service.
    value,
    -- Unit of the value; null likewise.
    value_unit,
    -- False-discovery-rate q-value; null where the count may not be shown.
    q,
    -- Years, or periods of a service, that are known. Never null.
    years,
    -- Of these, better than usual. Never null.
    better_years,
    -- First of the years; null for services.
    first_year,
    -- Last of the years; null for services.
    last_year,
    -- The same in words; null where the count may not be shown.
    sentence
from core.exemplar
