-- One row per section of a corridor in the region, along the road: what it is like there, and where the authority
-- changes.
-- Corridors that keep to one authority are here too, and say so.
-- key: corridor, section
select
    -- Corridor: road number and part (A61/1); one line in marts.corridor_summary. Never null.
    profile.corridor,
    -- Number of the section within the corridor, from 1, along the road. Never null.
    profile.section,
    -- Road number with its letter (A61). Never null.
    profile.road,
    -- Class most of the corridor has: motorway, a, b, c or unclassified. Never null.
    profile.road_class,
    -- 1 for the longest way through the corridor, then its spurs and loops. Never null.
    profile.strand,
    -- True where the corridor goes from one authority into another. Never null.
    profile.is_across_borders,
    -- Where the section begins, kilometres along the corridor. Never null.
    profile.from_km,
    -- Where it ends, kilometres along the corridor. Never null.
    profile.to_km,
    -- Length, kilometres: dual carriageways once, without slip roads, roundabouts and gaps. Never null.
    profile.length_km,
    -- Code of the authority it lies in. Never null.
    profile.area_code,
    -- Name of that authority. Never null.
    profile.area_name,
    -- True where it begins at the border of another authority than that of the section before. Never null.
    profile.is_change,
    -- Code of the authority before that border; null where there is no change.
    profile.changed_from,
    -- First day of the period of collisions; null where no source of collisions speaks for it.
    profile.collision_period_start,
    -- Last day of it; null likewise.
    profile.collision_period_end,
    -- Collisions over the period, slip roads and roundabouts too; null likewise.
    profile.collision_count,
    -- Collisions usual for such roads; null likewise, and where too few sections are alike.
    profile.expected_count,
    -- Empirical Bayes estimate, collisions per year and length, kilometres; null likewise.
    profile.collisions_per_km,
    -- Lower 95 % limit of it; null likewise, and where nothing tells sections apart.
    profile.collisions_per_km_lower,
    -- Upper 95 % limit of it; null likewise.
    profile.collisions_per_km_upper,
    -- Estimate / expected: 1 is usual; null where too few sections are alike.
    profile.collision_ratio,
    -- Lower 95 % limit of it; null likewise, and where nothing tells sections apart.
    profile.collision_ratio_lower,
    -- Upper 95 % limit of it; null likewise.
    profile.collision_ratio_upper,
    -- better, similar, worse (than usual for such roads) or too few data; null likewise.
    profile.collision_verdict,
    -- First day of the period of reports; null where no source of reports speaks for it.
    profile.report_period_start,
    -- Last day of it; null likewise.
    profile.report_period_end,
    -- Reports over the period; null likewise.
    profile.report_count,
    -- Reports per year and length, kilometres; null likewise.
    profile.reports_per_km,
    -- Lower 95 % limit of it, of a Poisson count (Byar); null likewise.
    profile.reports_per_km_lower,
    -- Upper 95 % limit of it, likewise.
    profile.reports_per_km_upper,
    -- 95th percentile of travel times over free flow on its observed links; null where none is observed.
    profile.planning_time_index,
    -- Mean of the links' lower 95 % limits; null where one has none.
    profile.planning_time_index_lower,
    -- Mean of their upper 95 % limits; null where one has none.
    profile.planning_time_index_upper,
    -- Links observed; null where none is.
    profile.observed_link_count,
    -- Last day that they were observed; null where none is.
    profile.observed_until,
    -- Satisfaction outcome; described in marts.outcome_definition. Null where there is no score along it.
    profile.satisfaction_outcome,
    -- Level of the areas within a kilometre whose people it is of; null likewise.
    profile.satisfaction_level,
    -- Score of them, 0 (worst) to 100 (best), weighted by residents; null likewise.
    profile.satisfaction,
    -- Lower 95 % limit; null likewise.
    profile.satisfaction_lower,
    -- Upper 95 % limit; null likewise.
    profile.satisfaction_upper,
    -- People who answered in those areas; null likewise.
    profile.satisfaction_base,
    -- Last day of the year of the score; null likewise.
    profile.satisfaction_until,
    -- Figures that are not there, and why, separated by semicolons; null where all are.
    profile.missing,
    -- Source ids of the roads, comma-separated; those of figures are in their own tables. Never null.
    profile.source
from core.corridor_profile as profile
