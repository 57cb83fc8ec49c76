-- One row per authority and service outcome that it has a figure of: what the authority is like.
-- Columns as in core.place_section.
-- key: place
select
    -- Place: as problem in core.candidate_service. Never null.
    'service ' || latest.area_code || ' ' || latest.outcome as place,
    -- service. Never null.
    'service' as kind,
    -- Theme of the register of outcomes. Never null.
    latest.theme,
    -- Outcome of the register. Never null.
    latest.outcome,
    -- Name for people. Never null.
    area.area_name || ': ' || latest.label as name,
    -- Level of area_code. Never null.
    latest.area_level,
    -- Code of the authority as published. Never null.
    latest.area_code,
    -- Code of the authority as published. Never null.
    latest.area_code as authority_code,
    -- Null: it is no section.
    null::varchar as corridor,
    -- Null: it is no section.
    null::bigint as section,
    -- Only the same outcome is compared. Never null.
    latest.outcome as place_kind,
    -- Events counted, or people asked; null where not known or hidden.
    latest.observations::double as observed,
    -- Value of the comparator, in the outcome's unit; null if nobody has one.
    latest.comparator_value as expected,
    -- Value of the authority, likewise; null where suppressed or missing.
    latest.value as estimate,
    -- False-discovery-rate q-value; null where not testable.
    latest.q,
    -- Verdict against the comparator; null where it is not compared.
    latest.verdict,
    -- Null: it is no stretch of road.
    null::double as log_flow,
    -- Null likewise.
    null::double as log_length,
    -- Deprivation score; null where not given.
    profile.deprivation,
    -- Logarithm of residents per square kilometre; null where not known.
    profile.population_density
from core.service_latest as latest
inner join core.area as area on latest.area_level = area.area_level and latest.area_code = area.area_code
left join core.area_profile as profile
    on latest.area_level = profile.area_level and latest.area_code = profile.area_code
