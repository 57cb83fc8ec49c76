-- One row per area level that has areas, coarse to fine.
-- key: area_level
with misfit as (
    select
        area_level,
        count(*) filter (misfit = 'overlap') as overlap_count,
        coalesce(sum(size_m2) filter (misfit = 'overlap'), 0) as overlap_m2,
        count(*) filter (misfit = 'gap') as gap_count,
        coalesce(sum(size_m2) filter (misfit = 'gap'), 0) as gap_m2
    from raw.misfit
    group by all
)

select
    -- Name of the level. Never null.
    level.area_level,
    -- Name for people. Never null.
    upper(level.area_level[1]) || replace(level.area_level[2:], '_', ' ') as label,
    -- Place in the order coarse to fine, from 1. Never null.
    level.position,
    -- True for the level whose areas answer for roads. Never null.
    level.is_authority,
    -- Areas of the region at this level.
    count(*) as area_count,
    -- Pairs of areas that overlap, context beyond the region included; marts.area_misfit has each. Never null.
    coalesce(any_value(misfit.overlap_count), 0) as overlap_count,
    -- Size of their overlaps, square metres. Never null.
    coalesce(any_value(misfit.overlap_m2), 0) as overlap_m2,
    -- Pairs of areas that leave a gap between them, context included. Never null.
    coalesce(any_value(misfit.gap_count), 0) as gap_count,
    -- Size of their gaps, square metres. Never null.
    coalesce(any_value(misfit.gap_m2), 0) as gap_m2
from raw.level as level
inner join core.area as area on level.area_level = area.area_level and not area.is_context
left join misfit on level.area_level = misfit.area_level
group by level.area_level, level.position, level.is_authority
