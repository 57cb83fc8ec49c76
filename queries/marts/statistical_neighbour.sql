-- One row per area and area most like it, by the covariates the region file names; where there is none, why.
-- Being a neighbour is not mutual: an unusual area is nobody's nearest.
-- key: area_level, area_code, rank
select
    -- Area level, as in marts.area_level. Never null.
    neighbour.area_level,
    -- Code of the area, as in marts.area. Never null.
    neighbour.area_code,
    -- 1 is the most alike; 0 where there is none. Never null.
    neighbour.rank,
    -- Code of the area most like it; null where there is none.
    neighbour.neighbour_code,
    -- How far apart they are in all covariates, standard deviations; null where there is none.
    neighbour.distance,
    -- What is alike, comma-separated columns of core.area_profile. Never null.
    neighbour.covariates,
    -- Why there is none; null where there is one.
    neighbour.reason
from core.statistical_neighbour as neighbour
