-- One row per place where a corridor goes from one authority into another.
-- key: corridor, strand, at_m
with followed as (
    select
        corridor, strand, area_code, from_m,
        lag(area_code) over along as before_code,
        lag(to_m) over along as before_m
    from core.corridor_section
    window along as (partition by corridor, strand order by from_m)
)

select
    -- Corridor: road number and part (A61/1). Never null.
    followed.corridor,
    -- Way of the corridor: 1 for the longest. Never null.
    followed.strand,
    -- Where, metres along the corridor. Never null.
    followed.from_m as at_m,
    -- Code of the authority before it. Never null.
    followed.before_code,
    -- Code of the authority after it. Never null.
    followed.area_code as after_code
from followed
where
    followed.area_code <> followed.before_code
    and followed.from_m - followed.before_m <= getvariable('corridor_gap_m')
