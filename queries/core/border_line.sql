-- One row per two authorities with a border in common, and per corridor that goes from one of two into the other.
-- key: line
with pair as (
    select area_code, neighbour_code, null::varchar as corridor
    from core.area_neighbour
    where area_level = getvariable('authority_level') and area_code < neighbour_code and border_m > 0
    union
    select least(before_code, after_code), greatest(before_code, after_code), corridor from core.border_cut
)

select
    -- Number of the line, by codes and corridor. Never null.
    row_number() over (order by pair.area_code, pair.neighbour_code, pair.corridor nulls first) as line,
    -- The lower of the two codes. Never null.
    pair.area_code,
    -- The higher of them. Never null.
    pair.neighbour_code,
    -- Corridor: road number and part (A61/1); null for all roads of the two.
    pair.corridor
from pair
