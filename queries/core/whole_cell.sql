-- One row per level and grid cell that lies wholly in one area and meets no other, so that it settles what is in it.
-- key: area_level, cell_x, cell_y
select
    -- Area level, as named in the region file. Never null.
    cover.area_level,
    -- Column of the cell: floor(easting / cell side). Never null.
    cover.cell_x,
    -- Row of the cell: floor(northing / cell side). Never null.
    cover.cell_y,
    -- Code of the area (GSS in Britain). Never null.
    min(cover.area_code) as area_code
from core.area_cover as cover
group by all
having count(*) = 1 and bool_and(cover.piece is null)
