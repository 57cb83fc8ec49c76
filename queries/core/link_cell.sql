-- One row per carriageway link and run of it within one cell of the grid that places incidents (squares of one km).
-- key: source, link_id, run
with boxed as (
    select
        source, link_id, length_m,
        cell_of(st_xmin(geom)) as cell_x, cell_of(st_ymin(geom)) as cell_y,
        cell_of(st_xmax(geom)) as last_x, cell_of(st_ymax(geom)) as last_y
    from staging.link
    where is_carriageway
),

every as (
    select source, link_id, 1 as run, cell_x, cell_y, 0.0 as from_m, length_m as to_m
    from boxed
    where cell_x = last_x and cell_y = last_y
    union all
    select source, link_id, run, cell_x, cell_y, from_m, to_m from core.link_run
)

select
    -- Source id of the link. Never null.
    every.source,
    -- Publisher's reference of the link. Never null.
    every.link_id,
    -- Number of the run within the link, from 1, in its order. Never null.
    every.run,
    -- Column of the cell: floor(easting / cell side). Never null.
    every.cell_x,
    -- Row of the cell: floor(northing / cell side). Never null.
    every.cell_y,
    -- Where the link enters the cell, metres along it. Never null.
    every.from_m,
    -- Where it leaves it, metres along it. Never null.
    every.to_m
from every
