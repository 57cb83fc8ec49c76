-- One row per area, circumstance and category of collisions over the longest period: how many there are, against how
-- many there would be at the region's share on like roads. Areas are wards, and those that answer for roads or coarser.
-- key: area_level, area_code, period_start, period_end, dimension, category
with source as (
    select string_agg(source, ',' order by source) as source from raw.source where kind in ('collisions', 'casualties')
)

select
    -- Area level, as named in the region file. Never null.
    circumstance.area_level,
    -- Code of the area as published (GSS in Britain). Never null.
    circumstance.area_code,
    -- First day of the period. Never null.
    circumstance.period_start,
    -- Last day of the period. Never null.
    circumstance.period_end,
    -- road_class, junction, light, surface, or road_user (someone of the group was hurt). Never null.
    circumstance.dimension,
    -- Category, such as dark, no light. Never null.
    circumstance.category,
    -- Collisions of the area of which the circumstance is known. Never null.
    circumstance.collision_count,
    -- Collisions of the category. Never null.
    circumstance.category_count,
    -- As many as there would be at the region's share on roads of the same class and kind of place (speed limit to 40
    -- miles an hour or above; for the class itself, the same kind of place). Never null.
    circumstance.usual as usual_count,
    -- Observed / usual; null where none is usual.
    circumstance.ratio,
    -- Lower 95 % limit of the ratio, exact Poisson; null likewise.
    circumstance.lower,
    -- Upper 95 % limit of the ratio, exact Poisson; null likewise.
    circumstance.upper,
    -- Two-sided p-value (Mantel-Haenszel) against the rest of the region on like roads; null where too few or no rest.
    circumstance.p,
    -- False-discovery-rate q-value over areas of the level and categories of the circumstance; null likewise.
    circumstance.q,
    -- more than usual, fewer than usual, similar, too few data, or nothing to compare with. More of one category is
    -- fewer of another, so none is better or worse. Never null.
    circumstance.verdict,
    -- Source ids, comma-separated. Never null.
    source.source
from core.circumstance as circumstance
cross join source
