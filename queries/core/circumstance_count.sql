-- One row per area, circumstance and category of collisions over the longest period: how many there are, and how many
-- would be usual. Areas are wards, and those that answer for roads and coarser ones.
-- Like roads are those of one recorded class and one kind of place (speed limit to 40 miles an hour, above, or not
-- known); for the class itself, one kind of place. Usual is the area's collisions on like roads x the share that the
-- category has in all of the region on like roads. Collisions without a category are left out of both.
-- key: area_level, area_code, period_start, period_end, dimension, category
with pooled as (
    select region, period_start, period_end from core.event_period where event = 'collisions' and is_pooled
),

recent as (
    -- Before they are placed, as the period may be a few years of many.
    select source, collision_id, occurred_on, road_class, speed_limit_mph, junction, light, surface
    from staging.collision
    where occurred_on between (select min(period_start) from pooled) and (select max(period_end) from pooled)
),

road_user as (
    select
        recent.source, recent.collision_id,
        list(distinct casualty.road_user_group order by casualty.road_user_group) as road_users
    from staging.casualty as casualty
    inner join raw.source as source on casualty.source = source.source
    inner join recent
        on coalesce(source.of_source, casualty.source) = recent.source
            and casualty.collision_id = recent.collision_id
    where casualty.road_user_group is not null
    group by all
),

described as (
    select
        recent.source, recent.collision_id, recent.occurred_on, recent.road_class,
        case when recent.speed_limit_mph <= 40 then 'to 40' when recent.speed_limit_mph > 40 then 'above 40' end
            as place,
        recent.junction, recent.light, recent.surface, road_user.road_users
    from recent
    left join road_user on recent.source = road_user.source and recent.collision_id = road_user.collision_id
),

placed as (
    select
        area.region, area.area_level, area.area_code, period.period_start, period.period_end,
        described.road_class, described.place, described.junction, described.light, described.surface,
        described.road_users
    from described
    inner join core.incident_place as incident_place
        on described.source = incident_place.source
            and described.collision_id = incident_place.incident_id
            and incident_place.incident_kind = 'collision'
    inner join core.area as area
        on incident_place.area_level = area.area_level
            and incident_place.area_code = area.area_code
            and not area.is_context
    inner join pooled as period
        on area.region = period.region
            and described.occurred_on between period.period_start and period.period_end
    inner join raw.level as level on area.area_level = level.area_level
    inner join raw.level as authority on authority.is_authority
    where level.position <= authority.position or area.area_level = 'ward'
),

told as (
    select *, 'road_class' as dimension, coalesce(place, '') as stratum, [road_class] as categories from placed
    union all
    select *, 'junction', concat_ws('/', road_class, place), [junction] from placed
    union all
    select *, 'light', concat_ws('/', road_class, place), [light] from placed
    union all
    select *, 'surface', concat_ws('/', road_class, place), [surface] from placed
    union all
    select *, 'road_user', concat_ws('/', road_class, place), road_users from placed
),

cell as (
    select
        region, area_level, area_code, period_start, period_end, dimension, stratum, categories, count(*) as n
    from told
    where len(categories) > 0 and categories[1] is not null
    group by all
),

own_size as (
    select region, area_level, area_code, period_start, period_end, dimension, stratum, sum(n) as n
    from cell
    group by all
),

size as (
    select *, sum(n) over (partition by region, area_level, dimension, stratum) as total from own_size
),

of_category as (
    select
        cell.region, cell.area_level, cell.area_code, cell.dimension, cell.stratum, each.category, sum(cell.n) as n
    from cell
    cross join unnest(cell.categories) as each (category)
    group by all
),

share as (
    select region, area_level, dimension, stratum, category, sum(n) as category_total
    from of_category
    group by all
),

part as (
    select
        size.*, share.category, share.category_total, coalesce(of_category.n, 0) as observed,
        size.n * share.category_total / size.total as usual,
        coalesce(
            usual * (size.total - size.n) / size.total * (size.total - share.category_total)
            / nullif(size.total - 1, 0), 0
        ) as variance
    from size
    inner join share
        on size.region = share.region
            and size.area_level = share.area_level
            and size.dimension = share.dimension
            and size.stratum = share.stratum
    left join of_category
        on size.area_level = of_category.area_level
            and size.area_code = of_category.area_code
            and size.dimension = of_category.dimension
            and size.stratum = of_category.stratum
            and share.category = of_category.category
)

select
    -- Area level, as named in the region file. Never null.
    part.area_level,
    -- Code of the area as published (GSS in Britain). Never null.
    part.area_code,
    -- First day of the period. Never null.
    part.period_start,
    -- Last day of the period. Never null.
    part.period_end,
    -- road_class, junction, light, surface, or road_user (someone of the group was hurt). Never null.
    part.dimension,
    -- Category, in the words of the staging tables. Never null.
    part.category,
    -- Collisions of the area whose category is known, on roads where the category occurs. Never null.
    sum(part.n)::bigint as collision_count,
    -- Collisions of the category. Never null.
    sum(part.observed)::bigint as category_count,
    -- As many as there would be at the region's share on like roads. Never null.
    sum(part.usual::decimal(18, 6))::double as usual,
    -- Variance of the observed number, if the region's collisions were dealt out by chance on like roads. Never null.
    sum(part.variance::decimal(18, 6))::double as variance
from part
group by all
