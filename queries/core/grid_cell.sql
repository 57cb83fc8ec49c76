-- One row per square of one km that the region's own authorities reach: an equal-area grid that no border bends.
-- key: cell_x, cell_y
with part as (
    select
        cover.cell_x, cover.cell_y, cover.area_code,
        coalesce(st_area(cover.piece) / getvariable('cell_m') ** 2, 1.0)::decimal(12, 9) as share
    from core.area_cover as cover
    inner join core.area as area
        on cover.area_level = area.area_level and cover.area_code = area.area_code and not area.is_context
    where cover.area_level = getvariable('authority_level')
)

select
    -- Column of the cell: floor(easting / cell side). Never null.
    part.cell_x,
    -- Row of the cell: floor(northing / cell side). Never null.
    part.cell_y,
    -- Code: side in metres, column, row; the same in every run, region and vintage. Never null.
    getvariable('cell_m')::bigint || 'm/' || part.cell_x || '/' || part.cell_y as site,
    -- Own authorities that hold some of it, comma-separated. Never null.
    string_agg(part.area_code, ',' order by part.area_code) as area_codes,
    -- Share of its area that they hold, above 0, at most 1. Never null.
    least(sum(part.share)::double, 1) as own_share
from part
where part.share > 0
group by part.cell_x, part.cell_y
