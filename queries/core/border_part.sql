-- One row per part of a link within five kilometres of a border, and side of each border and corridor it counts for.
-- The distance is measured along the road on a corridor, and in plan otherwise.
-- key: line, is_first, part_number
with along as (
    select
        part.part_number, part.area_code, part.corridor,
        case when cut.before_code = part.area_code then cut.after_code else cut.before_code end as neighbour_code,
        min(abs(part.at_m - cut.at_m)) as distance_m
    from core.road_part as part
    inner join core.border_cut as cut
        on part.corridor = cut.corridor
            and part.strand = cut.strand
            and part.area_code in (cut.before_code, cut.after_code)
    where abs(part.at_m - cut.at_m) <= 5000
    group by all
),

near as (
    select part_number, area_code, neighbour_code, corridor, distance_m from along
    union all
    select distance.part_number, part.area_code, distance.neighbour_code, null, distance.distance_m
    from core.border_distance as distance
    inner join core.road_part as part on distance.part_number = part.part_number
),

event as (
    select
        part_number, area_code,
        sum(event_count) filter (outcome = 'collisions') as collisions,
        sum(near_count) filter (outcome = 'collisions') as collisions_near,
        sum(event_count) filter (outcome = 'ksi') as ksi,
        sum(near_count) filter (outcome = 'ksi') as ksi_near,
        sum(event_count) filter (outcome = 'reports') as reports,
        sum(near_count) filter (outcome = 'reports') as reports_near
    from core.part_event
    group by all
),

sided as (
    select part_number, area_code, neighbour_code, corridor, distance_m, false as is_across from near
    union all
    -- A road along the border belongs to both sides; a point beside its link may lie across the border.
    select near.part_number, near.neighbour_code, near.area_code, near.corridor, near.distance_m, true
    from near
    inner join core.road_part as part on near.part_number = part.part_number
    left join event on near.part_number = event.part_number and near.neighbour_code = event.area_code
    where part.shared_with = near.neighbour_code or event.part_number is not null
)

select
    -- Number of the border or corridor, as in core.border_line. Never null.
    line.line,
    -- True on the side of the lower code. Never null.
    sided.area_code = line.area_code as is_first,
    -- Number of the part, as in core.road_part. Never null.
    sided.part_number,
    -- Number of its site, as in core.road_site. Never null.
    site.site,
    -- True where the line is a corridor. Never null.
    sided.corridor is not null as is_along,
    -- Distance of its middle from the border, metres. Never null.
    sided.distance_m,
    -- Length of road that counts for the side, kilometres: half of a road along the border. Never null.
    case
        when part.shared_with = least(sided.area_code, sided.neighbour_code)
            or part.shared_with = greatest(sided.area_code, sided.neighbour_code) then part.road_km / 2
        when sided.is_across then 0
        else part.road_km
    end as road_km,
    -- Collisions on it whose points lie on the side. Never null.
    coalesce(event.collisions, 0) as collisions,
    -- Of them, so near the border that the other side may be meant. Never null.
    coalesce(event.collisions_near, 0) as collisions_near,
    -- Fatal and serious ones, or the sum of chances. Never null.
    coalesce(event.ksi, 0) as ksi,
    -- Of them, near the border. Never null.
    coalesce(event.ksi_near, 0) as ksi_near,
    -- Reports of the period on it whose points lie on the side. Never null.
    coalesce(event.reports, 0) as reports,
    -- Of them, near the border. Never null.
    coalesce(event.reports_near, 0) as reports_near
from sided
inner join core.border_line as line
    on line.area_code = least(sided.area_code, sided.neighbour_code)
        and line.neighbour_code = greatest(sided.area_code, sided.neighbour_code)
        and line.corridor is not distinct from sided.corridor
inner join core.road_part as part on sided.part_number = part.part_number
inner join core.road_site as site
    on part.cell_x = site.cell_x
        and part.cell_y = site.cell_y
        and part.area_code = site.area_code
        and part.road_class = site.road_class
left join event on sided.part_number = event.part_number and sided.area_code = event.area_code
