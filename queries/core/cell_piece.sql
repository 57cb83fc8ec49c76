-- One row per stretch of a carriageway link that lies in one authority and one cell of the grid, in or beside a cell of
-- the region. Context beyond it informs the cells of its edge.
-- key: source, link_id, from_m
with near as (
    select distinct cell.cell_x + step_x.step as cell_x, cell.cell_y + step_y.step as cell_y
    from core.grid_cell as cell
    cross join unnest([-1, 0, 1]) as step_x (step)
    cross join unnest([-1, 0, 1]) as step_y (step)
)

select
    -- Source id of the link. Never null.
    piece.source,
    -- Publisher's reference of the link. Never null.
    piece.link_id,
    -- Where the stretch begins, metres along the link. Never null.
    greatest(piece.from_m, cell.from_m) as from_m,
    -- Where it ends, metres along the link. Never null.
    least(piece.to_m, cell.to_m) as to_m,
    -- Column of the cell. Never null.
    cell.cell_x,
    -- Row of the cell. Never null.
    cell.cell_y,
    -- Authority whose area it lies in; along a border the lowest code of the two. Never null.
    piece.area_code,
    -- Class of the link: motorway, a, b, c or unclassified. Never null.
    link.road_class
from core.link_piece as piece
inner join core.link_cell as cell
    on piece.source = cell.source
        and piece.link_id = cell.link_id
        and cell.from_m < piece.to_m - 1e-6
        and cell.to_m > piece.from_m + 1e-6
inner join near on cell.cell_x = near.cell_x and cell.cell_y = near.cell_y
inner join staging.link as link on piece.source = link.source and piece.link_id = link.link_id
where piece.area_level = getvariable('authority_level') and piece.area_code is not null
