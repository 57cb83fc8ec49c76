-- One row per kind of collision, area, period, class of road and what is known of its traffic: collisions and exposure.
-- Only areas that collisions and roads are complete for. Where the traffic of a stretch is known in a year, collisions
-- there are set against its vehicle-kilometres, elsewhere against the length. Areas below authorities have no years.
-- key: event, area_level, area_code, period_start, period_end, road_class, basis
with slot as (
    select area.area_level, area.area_code, period.event, period.period_start, period.period_end, period.is_adjusted
    from core.area as area
    inner join core.event_period as period on area.region = period.region
    inner join raw.level as level on area.area_level = level.area_level
    inner join raw.level as authority on authority.is_authority
    inner join core.coverage as coverage
        on area.area_level = coverage.area_level and area.area_code = coverage.area_code and coverage.is_covered
    where not area.is_context and (period.is_pooled or level.position <= authority.position)
    group by all
    having count(*) filter (coverage.kind in ('roads', 'collisions')) = 2
),

year_part as (
    select
        period.period_start, period.period_end, years.year,
        -- A whole calendar year counts as one, leap or not.
        (
            least(period.period_end, make_date(years.year, 12, 31))
            - greatest(period.period_start, make_date(years.year, 1, 1)) + 1
        ) / (make_date(years.year + 1, 1, 1) - make_date(years.year, 1, 1)) as share
    from (select distinct period_start, period_end from core.event_period) as period
    cross join unnest(range(year(period.period_start), year(period.period_end) + 1)) as years (year)
),

road as (
    select piece.area_level, piece.area_code, link.road_class, sum(piece.length_m::decimal(18, 6))::double / 1000 as km
    from core.link_piece as piece
    inner join staging.link as link on piece.source = link.source and piece.link_id = link.link_id
    where piece.area_code is not null
    group by all
),

traffic as (
    select
        year_part.period_start, year_part.period_end, traffic.area_level, traffic.area_code, traffic.road_class,
        sum((year_part.share * traffic.known_km)::decimal(18, 6))::double as known_km,
        sum((year_part.share * traffic.flow_km)::decimal(18, 6))::double as flow_km,
        sum((year_part.share * traffic.vehicle_km)::decimal(18, 3))::double as vehicle_km
    from core.road_traffic as traffic
    inner join year_part on traffic.year = year_part.year
    group by all
),

period_length as (
    select period_start, period_end, sum(share) as years from year_part group by all
),

exposed as (
    select
        slot.*, road.road_class, road.km * length.years as road_km,
        least(coalesce(traffic.known_km, 0), road_km) as known_km, traffic.flow_km, traffic.vehicle_km
    from slot
    inner join period_length as length
        on slot.period_start = length.period_start and slot.period_end = length.period_end
    inner join road on slot.area_level = road.area_level and slot.area_code = road.area_code
    left join traffic
        on slot.area_level = traffic.area_level
            and slot.area_code = traffic.area_code
            and slot.period_start = traffic.period_start
            and slot.period_end = traffic.period_end
            and road.road_class = traffic.road_class
),

basis as (
    select
        * exclude (road_km, known_km, flow_km, vehicle_km), 'traffic' as basis, known_km as km,
        vehicle_km as exposure, vehicle_km / (flow_km * 365.25) as flow
    from exposed
    where known_km > 0
    union all
    select
        * exclude (road_km, known_km, flow_km, vehicle_km), 'length', road_km - known_km, road_km - known_km, null
    from exposed
    where road_km - known_km > 1e-6
),

-- Which periods of a level a day lies in: joined by equality, as decades of years side by side are too many to try.
day as (
    select slot.area_level, slot.period_start, slot.period_end, on_day.occurred_on
    from (select distinct area_level, period_start, period_end from slot) as slot
    inner join (select distinct occurred_on from staging.collision) as on_day
        on on_day.occurred_on between slot.period_start and slot.period_end
),

counted as (
    select
        place.area_level, place.area_code, day.period_start, day.period_end, road.road_class,
        case when road.is_known then 'traffic' else 'length' end as basis,
        count(*) as collision_count,
        count(*) filter (collision.is_ksi) as ksi_count,
        sum(collision.ksi_chance::decimal(9, 6))::double as chances,
        sum((collision.ksi_chance ** 2)::decimal(9, 6))::double as squares
    from core.collision_road as road
    inner join staging.collision as collision
        on road.source = collision.source and road.collision_id = collision.collision_id
    inner join core.incident_place as place
        on road.source = place.source
            and road.collision_id = place.incident_id
            and place.incident_kind = 'collision'
    inner join day on place.area_level = day.area_level and collision.occurred_on = day.occurred_on
    where place.area_code is not null
    group by all
)

select
    -- collisions, or ksi: those in which someone was killed or seriously injured. Never null.
    basis.event,
    -- Area level, as named in the region file. Never null.
    basis.area_level,
    -- Code of the area as published (GSS in Britain). Never null.
    basis.area_code,
    -- First day of the period. Never null.
    basis.period_start,
    -- Last day of the period. Never null.
    basis.period_end,
    -- Class of the links: motorway, a, b, c or unclassified. Never null.
    basis.road_class,
    -- traffic where it is known, otherwise length. Never null.
    basis.basis,
    -- Length of carriageways x years, kilometre-years. Never null.
    basis.km,
    -- Vehicle-kilometres over the period where traffic is known, otherwise kilometre-years; null where all of the
    -- area's part is a second carriageway, whose flow is with the first.
    basis.exposure,
    -- Vehicles on an average day, where traffic is known; null elsewhere.
    basis.flow,
    -- Collisions; of adjusted severity the sum of the chances that each was fatal or serious. Never null.
    case
        when basis.event = 'collisions' then coalesce(counted.collision_count, 0)::double
        when basis.is_adjusted then coalesce(counted.chances, 0)
        else coalesce(counted.ksi_count, 0)::double
    end as observed,
    -- Sum of the squared chances; null but for adjusted severity.
    case when basis.event = 'ksi' and basis.is_adjusted then coalesce(counted.squares, 0) end as variance,
    -- True where severity is adjusted. Never null.
    basis.is_adjusted
from basis
left join counted
    on basis.area_level = counted.area_level
        and basis.area_code = counted.area_code
        and basis.period_start = counted.period_start
        and basis.period_end = counted.period_end
        and basis.road_class = counted.road_class
        and basis.basis = counted.basis
