-- One row per kind of collision, layer and view: how many hotspots it finds, and how many no other view does.
-- Where nothing can be computed, one row of the region's view says why.
-- key: outcome, layer, view
with part as (
    select
        event, layer, area_code,
        count(distinct site) filter (expected is not null) as site_count,
        sum(observed) filter (expected is not null) as used,
        sum(observed) filter (expected is null) as left_out
    from core.usual_part
    where not is_context
    group by all
),

viewed as (
    select event, layer, area_code as view, site_count, used, left_out from part
    union all
    select
        usual.event, usual.layer, 'region', count(distinct usual.site) filter (usual.expected is not null),
        sum(usual.observed) filter (usual.expected is not null), sum(usual.observed) filter (usual.expected is null)
    from core.usual_part as usual
    where not usual.is_context
    group by all
),

found as (
    select
        event, layer, view,
        count(*) as hotspot_count,
        count(*) filter (is_across_borders) as across_count,
        count(*) filter (is_only_borderless) as only_borderless_count,
        count(*) filter (is_only_borderless and is_across_borders) as only_borderless_across_count,
        count(*) filter (not is_found_by_region) as only_alone_count
    from core.hotspot
    group by all
)

select
    -- Outcome: collisions_against_usual or ksi_against_usual. Never null.
    reason.event || '_against_usual' as outcome,
    -- grid (squares of one km) or stretch (of a numbered road, about 500 m). Never null.
    reason.layer,
    -- region, or the code of the authority that looks alone. Never null.
    coalesce(viewed.view, 'region') as view,
    -- Squares or stretches of the view with an expected count; zero where nothing can be computed. Never null.
    coalesce(viewed.site_count, 0) as site_count,
    -- Collisions that take part, or chances summed; null where there are none, or nothing can be computed.
    case when reason.reason is null then round(viewed.used, 3) end as observed_count,
    -- Collisions on links there that take no part, as the exposure of their place is not known; null likewise.
    case when reason.reason is null then round(coalesce(viewed.left_out, 0), 3) end as left_out_count,
    -- Hotspots that the view finds; null where nothing can be computed.
    case when reason.reason is null then coalesce(found.hotspot_count, 0) end as hotspot_count,
    -- Of them, those that more than one authority is party to; null likewise.
    case when reason.reason is null then coalesce(found.across_count, 0) end as across_count,
    -- Of them, those that no party finds alone; zero in views of authorities; null likewise.
    case when reason.reason is null then coalesce(found.only_borderless_count, 0) end as only_borderless_count,
    -- Of these, those across a border; null likewise.
    case when reason.reason is null then coalesce(found.only_borderless_across_count, 0) end
        as only_borderless_across_count,
    -- Of the hotspots of an authority's view, those that the region does not find; zero in the region's; null likewise.
    case when reason.reason is null then coalesce(found.only_alone_count, 0) end as only_alone_count,
    -- Why nothing can be computed here; null where it can.
    reason.reason
from core.hotspot_reason as reason
left join viewed on reason.event = viewed.event and reason.layer = viewed.layer and reason.reason is null
left join found on viewed.event = found.event and viewed.layer = found.layer and viewed.view = found.view
