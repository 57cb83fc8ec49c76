-- One row per cell of the grid with roads: how dense the roads around it are, which tells town from country.
-- key: cell_x, cell_y
with road as (
    select cell_x, cell_y, sum((to_m - from_m)::decimal(18, 6))::double / 1000 as road_km
    from core.link_cell
    group by all
),

beside as (
    select
        road.cell_x + step_x.step as cell_x, road.cell_y + step_y.step as cell_y,
        sum(road.road_km order by road.cell_x, road.cell_y) as around_km
    from road
    cross join unnest([-1, 0, 1]) as step_x (step)
    cross join unnest([-1, 0, 1]) as step_y (step)
    group by all
)

select
    -- Column of the cell. Never null.
    road.cell_x,
    -- Row of the cell. Never null.
    road.cell_y,
    -- Length of carriageways in it, kilometres. Never null.
    road.road_km,
    -- The same in it and the eight around it, kilometres over square kilometres; less where what was read ends. Never
    -- null.
    beside.around_km / (9 * (getvariable('cell_m') / 1000) ** 2) as around_km_per_km2
from road
inner join beside on road.cell_x = beside.cell_x and road.cell_y = beside.cell_y
