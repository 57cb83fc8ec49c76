-- One row per area: facts that boundary files do not carry, from the first source that gives them.
-- key: area_code
select
    -- Code of the area as published (GSS in Britain). Never null.
    fact.area_code,
    -- Name as published; null where the file has none.
    fact.area_name,
    -- Code of the area it belongs to; null where the file does not say.
    fact.parent_code,
    -- Residents; null where not given.
    fact.population,
    -- Deprivation score, higher is more deprived; null where not given.
    fact.deprivation,
    -- Share of residents in rural places, 0 to 1; null where not given.
    fact.rural_share
from raw.area_fact as fact
qualify row_number() over (partition by fact.area_code order by fact.source, fact.file, fact.row) = 1
