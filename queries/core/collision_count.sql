-- One row per area and period: collisions counted, with the range that border tolerance allows. Single years only at
-- levels whose average area has enough a year, see core.pooled_level.
-- key: area_level, area_code, period_start, period_end
with dated as (
    select
        collision.source, collision.collision_id as incident_id, collision.occurred_on, collision.is_ksi,
        -- Decimals, because their sum is the same in any order.
        collision.ksi_chance::decimal(9, 6) as chance,
        (collision.ksi_chance * collision.ksi_chance)::decimal(9, 6) as chance_squared
    from staging.collision as collision
),

located as (
    select
        place.area_level, place.area_code, dated.occurred_on, dated.is_ksi, dated.chance, dated.chance_squared,
        near.incident_id is null as is_sure
    from dated
    inner join core.incident_place as place
        on dated.source = place.source and dated.incident_id = place.incident_id and place.incident_kind = 'collision'
    left join (
        select distinct source, incident_id, area_level
        from core.incident_near_area
        where incident_kind = 'collision'
    ) as near
        on place.source = near.source and place.incident_id = near.incident_id and place.area_level = near.area_level
    where place.area_code is not null
),

slot as (
    select
        level.area_level, period.region, period.period_start, period.period_end, any_value(period.years) as years,
        bool_or(period.event = 'collisions') as is_of_all,
        bool_or(period.event = 'ksi') as is_of_ksi,
        bool_or(period.is_adjusted) as is_adjusted
    from core.event_period as period
    cross join raw.level as level
    left join core.pooled_level as pooled on period.event = pooled.event and level.area_level = pooled.area_level
    where period.is_pooled or pooled.event is null
    group by all
),

-- Which periods of a level a day lies in: joined by equality, as decades of years side by side are too many to try.
day as (
    select slot.area_level, slot.region, slot.period_start, slot.period_end, on_day.occurred_on
    from slot
    inner join (select distinct occurred_on from dated) as on_day
        on on_day.occurred_on between slot.period_start and slot.period_end
),

counted as (
    select area_level, area_code, occurred_on, true as is_inside, is_sure, is_ksi, chance, chance_squared from located
    union all
    select near.area_level, near.area_code, dated.occurred_on, false, false, dated.is_ksi, dated.chance, null
    from core.incident_near_area as near
    inner join dated on near.source = dated.source and near.incident_id = dated.incident_id
    where near.incident_kind = 'collision'
),

summed as (
    select
        counted.area_level, counted.area_code, day.period_start, day.period_end,
        count(*) filter (counted.is_inside) as n,
        count(*) filter (counted.is_sure) as n_low,
        count(*) as n_high,
        count(*) filter (counted.is_inside and counted.is_ksi) as ksi,
        count(*) filter (counted.is_sure and counted.is_ksi) as ksi_low,
        count(*) filter (counted.is_ksi) as ksi_high,
        sum(counted.chance) filter (counted.is_inside) as chances,
        sum(counted.chance) filter (counted.is_sure) as chances_low,
        sum(counted.chance) as chances_high,
        sum(counted.chance_squared) filter (counted.is_inside) as squares
    from counted
    inner join core.area as area
        on counted.area_level = area.area_level and counted.area_code = area.area_code and not area.is_context
    inner join day
        on area.area_level = day.area_level and area.region = day.region and counted.occurred_on = day.occurred_on
    group by all
)

select
    -- Area level, as named in the region file. Never null.
    area.area_level,
    -- Code of the area as published (GSS in Britain). Never null.
    area.area_code,
    -- First day of the period. Never null.
    period.period_start,
    -- Last day of the period. Never null.
    period.period_end,
    -- Length of the period in years, as in core.period.
    period.years,
    -- True where all collisions are given for the period. Never null.
    period.is_of_all,
    -- True where fatal and serious collisions are given for it, see core.event_period. Never null.
    period.is_of_ksi,
    -- Collisions in the area; zero where none were recorded.
    coalesce(summed.n, 0) as collision_count,
    -- Collisions in the area and not within the border tolerance of another.
    coalesce(summed.n_low, 0) as collision_count_low,
    -- Collisions in the area or within the border tolerance of it.
    coalesce(summed.n_high, 0) as collision_count_high,
    -- Collisions in the area in which someone was killed or seriously injured.
    coalesce(summed.ksi, 0) as ksi_count,
    -- The same, not within the border tolerance of another area.
    coalesce(summed.ksi_low, 0) as ksi_count_low,
    -- The same, or within the border tolerance of the area.
    coalesce(summed.ksi_high, 0) as ksi_count_high,
    -- The same as recorded now by forces that ask for injuries: the sum of the chances that someone was killed or
    -- seriously injured; null where some collision of the period has no such chance, see core.event_period.
    case when period.is_adjusted then coalesce(summed.chances, 0)::double end as ksi_adjusted,
    -- The same, not within the border tolerance of another area.
    case when period.is_adjusted then coalesce(summed.chances_low, 0)::double end as ksi_adjusted_low,
    -- The same, or within the border tolerance of the area.
    case when period.is_adjusted then coalesce(summed.chances_high, 0)::double end as ksi_adjusted_high,
    -- Sum of the squares of the chances in the area: the variance of their sum; null likewise.
    case when period.is_adjusted then coalesce(summed.squares, 0)::double end as ksi_adjusted_variance
from core.area as area
inner join core.coverage as coverage
    on area.area_level = coverage.area_level
        and area.area_code = coverage.area_code
        and coverage.kind = 'collisions'
        and coverage.is_covered
inner join slot as period on area.area_level = period.area_level and area.region = period.region
left join summed
    on area.area_level = summed.area_level
        and area.area_code = summed.area_code
        and period.period_start = summed.period_start
        and period.period_end = summed.period_end
where not area.is_context
