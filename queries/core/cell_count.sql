-- One row per kind of collision, cell of the grid, authority, class of road and what is known of its traffic, over the
-- longest period: collisions and the exposure they arose in. Collisions are where their link says, as exposure is.
-- Only authorities that collisions and roads are complete for, those of the context too.
-- key: event, cell_x, cell_y, area_code, road_class, basis
with slot as (
    select
        area.area_code, area.is_context, period.event, period.period_start, period.period_end, period.years,
        period.is_adjusted
    from core.area as area
    inner join core.event_period as period on area.region = period.region and period.is_pooled
    inner join core.coverage as coverage
        on area.area_level = coverage.area_level
            and area.area_code = coverage.area_code
            and coverage.is_covered
            and coverage.kind in ('roads', 'collisions')
    where area.area_level = getvariable('authority_level')
    group by all
    having count(*) = 2
),

road as (
    select cell_x, cell_y, area_code, road_class, sum((to_m - from_m)::decimal(18, 6))::double / 1000 as km
    from core.cell_piece
    group by all
),

traffic_year as (
    -- Decimals, because their sum is the same in any order.
    select
        piece.cell_x, piece.cell_y, piece.area_code, piece.road_class, traffic.year,
        sum((least(piece.to_m, traffic.to_m) - greatest(piece.from_m, traffic.from_m))::decimal(18, 6)) as known_m,
        sum(
            (
                traffic.vehicle_km / traffic.length_m
                * (least(piece.to_m, traffic.to_m) - greatest(piece.from_m, traffic.from_m))
            )::decimal(18, 3)
        ) as vehicle_km,
        sum(
            (least(piece.to_m, traffic.to_m) - greatest(piece.from_m, traffic.from_m))::decimal(18, 6)
        ) filter (traffic.vehicle_km is not null) as flow_m
    from core.cell_piece as piece
    inner join core.link_traffic as traffic
        on piece.source = traffic.source
            and piece.link_id = traffic.link_id
            and traffic.from_m < piece.to_m
            and traffic.to_m > piece.from_m
    group by all
),

year_part as (
    select
        period.period_start, period.period_end, years.year,
        (
            least(period.period_end, make_date(years.year, 12, 31))
            - greatest(period.period_start, make_date(years.year, 1, 1)) + 1
        ) / (make_date(years.year + 1, 1, 1) - make_date(years.year, 1, 1)) as share
    from (select distinct period_start, period_end from slot) as period
    cross join unnest(range(year(period.period_start), year(period.period_end) + 1)) as years (year)
),

traffic as (
    select
        part.period_start, part.period_end, year.cell_x, year.cell_y, year.area_code, year.road_class,
        sum((part.share * year.known_m / 1000)::decimal(18, 6))::double as known_km,
        sum((part.share * year.flow_m / 1000)::decimal(18, 6))::double as flow_km,
        sum((part.share * year.vehicle_km)::decimal(18, 3))::double as vehicle_km
    from traffic_year as year
    inner join year_part as part on year.year = part.year
    group by all
),

exposed as (
    select
        slot.*, road.cell_x, road.cell_y, road.road_class, road.km * length.years as road_km,
        least(coalesce(traffic.known_km, 0), road_km) as known_km, traffic.flow_km, traffic.vehicle_km
    from slot
    inner join (select period_start, period_end, sum(share) as years from year_part group by all) as length
        on slot.period_start = length.period_start and slot.period_end = length.period_end
    inner join road on slot.area_code = road.area_code
    left join traffic
        on slot.period_start = traffic.period_start
            and slot.period_end = traffic.period_end
            and road.cell_x = traffic.cell_x
            and road.cell_y = traffic.cell_y
            and road.area_code = traffic.area_code
            and road.road_class = traffic.road_class
),

basis as (
    select
        * exclude (road_km, known_km, flow_km, vehicle_km), 'traffic' as basis, vehicle_km as exposure,
        vehicle_km / (flow_km * 365.25) as flow
    from exposed
    where known_km > 0
    union all
    select * exclude (road_km, known_km, flow_km, vehicle_km), 'length', road_km - known_km, null
    from exposed
    where road_km - known_km > 1e-6
),

placed as (
    -- A link of several lines has no one measure; its collisions go to its middle.
    select
        on_link.source, on_link.incident_id, on_link.link_source, on_link.link_id, road.is_known,
        coalesce(on_link.chainage_m, link.length_m / 2) as along_m
    from core.incident_link as on_link
    inner join staging.link as link on on_link.link_source = link.source and on_link.link_id = link.link_id
    inner join core.collision_road as road on on_link.source = road.source and on_link.incident_id = road.collision_id
    where on_link.incident_kind = 'collision'
),

located as (
    select placed.*, piece.cell_x, piece.cell_y, piece.area_code, piece.road_class
    from placed
    inner join core.cell_piece as piece
        on placed.link_source = piece.source
            and placed.link_id = piece.link_id
            and placed.along_m >= piece.from_m - 0.001
            and placed.along_m <= piece.to_m + 0.001
    qualify row_number() over (partition by placed.source, placed.incident_id order by piece.from_m) = 1
),

counted as (
    select
        slot.event, located.cell_x, located.cell_y, located.area_code, located.road_class,
        case when located.is_known then 'traffic' else 'length' end as basis,
        count(*) as collision_count,
        count(*) filter (collision.is_ksi) as ksi_count,
        sum(collision.ksi_chance::decimal(9, 6))::double as chances
    from located
    inner join staging.collision as collision
        on located.source = collision.source and located.incident_id = collision.collision_id
    inner join slot
        on located.area_code = slot.area_code and collision.occurred_on between slot.period_start and slot.period_end
    group by all
)

select
    -- collisions, or ksi: those in which someone was killed or seriously injured. Never null.
    basis.event,
    -- Column of the cell. Never null.
    basis.cell_x,
    -- Row of the cell. Never null.
    basis.cell_y,
    -- Code of the authority. Never null.
    basis.area_code,
    -- True where the authority is context, not one of the region's own. Never null.
    basis.is_context,
    -- Class of the links: motorway, a, b, c or unclassified. Never null.
    basis.road_class,
    -- traffic where it is known, otherwise length. Never null.
    basis.basis,
    -- First day of the period. Never null.
    basis.period_start,
    -- Last day of the period. Never null.
    basis.period_end,
    -- Length of the period in years. Never null.
    basis.years,
    -- Vehicle-kilometres over the period where traffic is known, otherwise kilometre-years; null where all of the part
    -- is a second carriageway, whose flow is with the first.
    basis.exposure,
    -- Vehicles on an average day, where traffic is known; null elsewhere.
    basis.flow,
    -- Carriageways around, kilometres over square kilometres, as in core.cell_density. Never null.
    density.around_km_per_km2,
    -- The same in the cell itself, kilometres over square kilometres. Never null.
    density.road_km / (getvariable('cell_m') / 1000) ** 2 as here_km_per_km2,
    -- Collisions; of adjusted severity the sum of the chances that each was fatal or serious. Never null.
    case
        when basis.event = 'collisions' then coalesce(counted.collision_count, 0)::double
        when basis.is_adjusted then coalesce(counted.chances, 0)
        else coalesce(counted.ksi_count, 0)::double
    end as observed,
    -- True where severity is adjusted. Never null.
    basis.is_adjusted
from basis
inner join core.cell_density as density on basis.cell_x = density.cell_x and basis.cell_y = density.cell_y
left join counted
    on basis.event = counted.event
        and basis.cell_x = counted.cell_x
        and basis.cell_y = counted.cell_y
        and basis.area_code = counted.area_code
        and basis.road_class = counted.road_class
        and basis.basis = counted.basis
