-- Two areas share as much border whichever of them is asked, to the millimetre.
-- severity: fail
select
    border.area_level,
    border.area_code,
    border.neighbour_code,
    border.border_m,
    back.border_m as back_m
from core.area_border as border
left join core.area_border as back
    on border.area_level = back.area_level
        and border.area_code = back.neighbour_code
        and border.neighbour_code = back.area_code
where back.border_m is null or abs(border.border_m - back.border_m) > 0.001
