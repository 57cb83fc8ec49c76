-- The grid cover of every area is as large as the area, to a square metre.
-- severity: fail
with cover as (
    select
        area_level,
        area_code,
        sum(case when piece is null then getvariable('cell_m') ** 2 else st_area(piece) end) as area_m2
    from core.area_cover
    group by all
)

select
    area.area_level,
    area.area_code,
    st_area(area.geom) as area_m2,
    cover.area_m2 as cover_m2
from staging.area as area
left join cover using (area_level, area_code)
where abs(st_area(area.geom) - coalesce(cover.area_m2, 0)) > 1
