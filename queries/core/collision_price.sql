-- One row per region and kind of collision: what preventing one is worth on average, at the region's mix of severity.
-- The mix is that of the period that fatal and serious collisions are pooled over, adjusted where it can be.
-- key: region, event
with mix as (
    select
        period.region,
        count(*) as n,
        count(*) filter (collision.severity = 'fatal') as fatal,
        case
            when period.is_adjusted then sum(collision.ksi_chance::decimal(9, 6))::double
            else count(*) filter (collision.is_ksi)
        end as ksi
    from core.event_period as period
    inner join core.area as area on period.region = area.region and not area.is_context
    inner join core.incident_place as place
        on area.area_level = place.area_level
            and area.area_code = place.area_code
            and place.incident_kind = 'collision'
    inner join staging.collision as collision
        on place.source = collision.source
            and place.incident_id = collision.collision_id
            and collision.occurred_on between period.period_start and period.period_end
    where period.event = 'ksi' and period.is_pooled and area.area_level = getvariable('authority_level')
    group by period.region, period.is_adjusted
),

price as (
    select
        any_value(pounds) filter (severity = 'fatal') as fatal,
        any_value(pounds) filter (severity = 'serious') as serious,
        any_value(pounds) filter (severity = 'slight') as slight,
        any_value(price_year) as price_year, any_value(price_basis) as price_basis, any_value(source) as source
    from core.collision_value
)

select
    -- Region file. Never null.
    mix.region,
    -- collisions, or ksi: those in which someone was killed or seriously injured. Never null.
    kind.event,
    -- Average value of preventing one, pounds of the price year; null where there is no collision to take the mix of.
    case
        when kind.event = 'ksi'
            then (mix.fatal * price.fatal + (mix.ksi - mix.fatal) * price.serious) / nullif(mix.ksi, 0)
        else
            (mix.fatal * price.fatal + (mix.ksi - mix.fatal) * price.serious + (mix.n - mix.ksi) * price.slight) / mix.n
    end as mean_pounds,
    -- Year whose prices the pounds are in. Never null.
    price.price_year,
    -- The same in the publisher's words. Never null.
    price.price_basis,
    -- Where the values by severity were published. Never null.
    price.source
from mix
cross join price
cross join (select unnest(['collisions', 'ksi']) as event) as kind
