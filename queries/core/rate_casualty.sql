-- One row per kind of road user, area and period: people hurt, and the residents of the area.
-- Only periods that the files of casualties speak for; areas below authorities have no years.
-- key: outcome, area_level, area_code, period_start, period_end
with source as (
    select string_agg(source, ',' order by source) as source from raw.source where kind in ('collisions', 'casualties')
),

spoken_for as (
    select source.region, source.source, min(file.period_start) as period_start, max(file.period_end) as period_end
    from raw.source as source
    inner join raw.source_file as file on source.source = file.source
    -- All rows of a file may be held by another region's source, which speaks for this one's areas too.
    where source.kind = 'casualties' or source.source in (select casualty.source from staging.casualty as casualty)
    group by all
),

common as (
    select region, max(period_start) as period_start, min(period_end) as period_end from spoken_for group by all
),

-- Collisions in which the same people were hurt are counted together: there are millions, but few sorts of them. Three
-- digits of one number tell how many of each group, as lists of words would take many times as long to make.
road_user as (
    select road_user_group, 1000::hugeint ** (row_number() over (order by road_user_group) - 1) as place
    from (select distinct coalesce(road_user_group, '') as road_user_group from staging.casualty) as every
),

hurt as (
    select
        coalesce(source.of_source, casualty.source) as source, casualty.collision_id,
        sum(road_user.place::hugeint) as people
    from staging.casualty as casualty
    inner join raw.source as source on casualty.source = source.source
    inner join road_user on coalesce(casualty.road_user_group, '') = road_user.road_user_group
    group by all
),

collision as (
    select hurt.source, hurt.collision_id, hurt.people, collision.occurred_on
    from hurt
    inner join staging.collision as collision
        on hurt.source = collision.source and hurt.collision_id = collision.collision_id
),

slot as (
    select
        area.area_level, area.area_code, period.period_start, period.period_end,
        area.population * period.years as exposure
    from core.area as area
    inner join core.event_period as period on area.region = period.region and period.event = 'collisions'
    inner join common
        on area.region = common.region
            and period.period_start >= common.period_start
            and period.period_end <= common.period_end
    inner join raw.level as level on area.area_level = level.area_level
    inner join raw.level as authority on authority.is_authority
    inner join core.coverage as coverage
        on area.area_level = coverage.area_level
            and area.area_code = coverage.area_code
            and coverage.kind = 'collisions'
            and coverage.is_covered
    where not area.is_context and area.population > 0 and (period.is_pooled or level.position <= authority.position)
),

-- Which periods of a level a day lies in: joined by equality, as decades of years side by side are too many to try.
day as (
    select slot.area_level, slot.period_start, slot.period_end, on_day.occurred_on
    from (select distinct area_level, period_start, period_end from slot) as slot
    inner join (select distinct occurred_on from collision) as on_day
        on on_day.occurred_on between slot.period_start and slot.period_end
),

alike as (
    select
        place.area_level, place.area_code, day.period_start, day.period_end, collision.people,
        count(*) as collision_count
    from collision
    inner join core.incident_place as place
        on collision.source = place.source
            and collision.collision_id = place.incident_id
            and place.incident_kind = 'collision'
    inner join day on place.area_level = day.area_level and collision.occurred_on = day.occurred_on
    where place.area_code is not null
    group by all
),

person as (
    select sort.people, road_user.road_user_group, (sort.people // road_user.place::hugeint) % 1000 as n
    from (select distinct people from collision) as sort
    cross join road_user
),

of_kind as (
    select people, 'casualties' as kind, sum(n) as n from person group by all
    union all
    select people, replace(road_user_group, ' ', '_') || '_casualties', n
    from person
    where road_user_group <> '' and n > 0
),

counted as (
    select
        alike.area_level, alike.area_code, alike.period_start, alike.period_end, of_kind.kind,
        sum(alike.collision_count * of_kind.n)::double as n,
        sum(alike.collision_count * of_kind.n ** 2)::double as squares
    from alike
    inner join of_kind on alike.people = of_kind.people
    group by all
),

kind as (
    select of_kind.kind, (sum(of_kind.n ** 2) / sum(of_kind.n))::double as next_weight
    from collision
    inner join of_kind on collision.people = of_kind.people
    group by all
)

select
    -- Outcome; described in marts.outcome_definition. Never null.
    kind.kind || '_per_100k' as outcome,
    -- Area level, as named in the region file. Never null.
    slot.area_level,
    -- Code of the area as published (GSS in Britain). Never null.
    slot.area_code,
    -- First day of the period. Never null.
    slot.period_start,
    -- Last day of the period. Never null.
    slot.period_end,
    -- People hurt. Never null.
    coalesce(counted.n, 0)::bigint as observations,
    -- Not worked out for these: always null.
    null::bigint as low_observations,
    -- Not worked out for these: always null.
    null::bigint as high_observations,
    -- Person-years. Never null.
    slot.exposure,
    -- What exposure is counted in, in words. Never null.
    'residents x years' as exposure_unit,
    -- The rate is given per so many units of exposure.
    100000::double as per,
    -- Sum over collisions of the squared number of people hurt: those of one collision are no separate events.
    coalesce(counted.squares, 0) as variance,
    -- People of the kind who were hurt with the average one of them in one collision, all areas together.
    kind.next_weight,
    -- Source ids, comma-separated. Never null.
    source.source
from slot
cross join kind
cross join source
left join counted
    on slot.area_level = counted.area_level
        and slot.area_code = counted.area_code
        and slot.period_start = counted.period_start
        and slot.period_end = counted.period_end
        and kind.kind = counted.kind
