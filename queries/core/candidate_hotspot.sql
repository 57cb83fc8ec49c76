-- One row per hotspot of squares that the region as a whole finds, with more collisions in the long run than are usual
-- for such roads: it may be a problem. Columns as in core.candidate_section. Those along numbered roads are not here:
-- the sections they lie on are.
-- key: problem
with source as (
    select string_agg(source, ',' order by source) as source
    from raw.source
    where kind in ('collisions', 'roads', 'traffic_counts')
),

member as (
    select event, layer, view, hotspot, site, standard_error
    from core.hotspot_site
    where is_member and event = 'collisions' and layer = 'grid' and view = 'region'
),

spread as (
    select hotspot, sqrt(sum(standard_error ** 2)) as standard_error from member group by all
),

-- Whose most of its collisions are.
holder as (
    select member.hotspot, part.area_code, part.period_start, part.period_end, part.years
    from member
    inner join core.usual_part as part
        on member.event = part.event and member.layer = part.layer and member.site = part.site
    where part.expected is not null and not part.is_context
    group by member.hotspot, part.area_code, part.period_start, part.period_end, part.years
    qualify row_number() over (partition by member.hotspot order by sum(part.observed) desc, part.area_code asc) = 1
),

named as (
    select found.hotspot, string_agg(area.area_name, ', ' order by area.area_code) as names
    from core.hotspot as found
    inner join core.area as area
        on area.area_level = getvariable('authority_level')
            and list_contains(string_split(found.acting, ','), area.area_code)
    where found.event = 'collisions' and found.layer = 'grid' and found.view = 'region'
    group by all
)

select
    -- Name of the problem: kind and place. Never null.
    'hotspot ' || found.hotspot as problem,
    -- hotspot. Never null.
    'hotspot' as kind,
    -- Wider than a section, narrower than an area. Never null.
    1 as width,
    -- Theme of the register of outcomes. Never null.
    'safety' as theme,
    -- Outcome of the register. Never null.
    'collisions_against_usual' as outcome,
    -- Name for people: authorities party to it, and the code of its first square. Never null.
    coalesce(named.names, area.area_name) || ', hotspot ' || found.hotspot as name,
    -- Level of area_code. Never null.
    getvariable('authority_level') as area_level,
    -- Code of the authority that most of its collisions are in. Never null.
    holder.area_code,
    -- The same; null where more than one is party to it.
    case when not found.is_across_borders then holder.area_code end as authority_code,
    -- Null: it is no section.
    null::varchar as corridor,
    -- Null: it is no section.
    null::bigint as section,
    -- First day of the period. Never null.
    holder.period_start,
    -- Last day of the period. Never null.
    holder.period_end,
    -- Years that estimate and expected are of. Never null.
    holder.years,
    -- Collisions counted in squares that have more than usual. Never null.
    found.observed,
    -- Collisions usual there over the period. Never null.
    found.expected,
    -- Collisions in the long run over such a period. Never null.
    found.estimate,
    -- Standard error of the estimate, collisions, squares taken as independent. Never null.
    spread.standard_error,
    -- Mean value of preventing one, pounds; null where there is no mix of severity.
    price.mean_pounds as worth,
    -- Unit of the loss a year. Never null.
    'pounds' as unit,
    -- Year whose prices pounds are in; null likewise.
    price.price_year,
    -- False-discovery-rate q-value of its best window. Never null.
    found.q,
    -- Null: it is no stretch of road; kilometres.
    null::double as length_km,
    -- Null likewise.
    null::double as flow,
    -- Null likewise.
    null::double as known_share,
    -- What it is like: only places of one kind are compared. Never null.
    'squares of one km' as place_kind,
    -- Source ids, comma-separated. Never null.
    source.source
from core.hotspot as found
inner join spread on found.hotspot = spread.hotspot
inner join holder on found.hotspot = holder.hotspot
inner join core.area as area
    on area.area_level = getvariable('authority_level') and holder.area_code = area.area_code
left join named on found.hotspot = named.hotspot
left join core.collision_price as price on area.region = price.region and found.event = price.event
cross join source
where
    found.event = 'collisions'
    and found.layer = 'grid'
    and found.view = 'region'
    and found.estimate > found.expected
