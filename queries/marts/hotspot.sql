-- One row per kind of collision, layer, view and hotspot: a cluster of places with more collisions than such roads
-- usually have. The view is the whole region, or one authority that looks at its own collisions alone.
-- Observed minus expected flatters: a place is here because its count was high. Take excess_per_year.
-- key: outcome, layer, view, hotspot
with period as (
    select
        event, any_value(period_start) as period_start, any_value(period_end) as period_end,
        any_value(years) as years, any_value(is_adjusted) as is_adjusted
    from core.usual_part
    where not is_context
    group by event
),

source as (
    select
        string_agg(source, ',' order by source) as source,
        coalesce(bool_or(publish = 'aggregates') filter (kind = 'collisions'), false) as is_closed
    from raw.source
    where kind in ('collisions', 'roads', 'traffic_counts')
),

shape as (
    select site.event, site.layer, site.view, site.hotspot, st_union_agg(shape.geom) as geom
    from core.hotspot_site as site
    inner join core.hotspot_shape as shape on site.layer = shape.layer and site.site = shape.site
    where site.is_member
    group by all
),

judged as (
    select
        hotspot.*, not hotspot.is_found_by_region as is_only_alone, period.* exclude (event), source.source, shape.geom,
        source.is_closed and hotspot.observed < region.small_count_threshold as is_hidden
    from core.hotspot as hotspot
    inner join period on hotspot.event = period.event
    left join shape
        on hotspot.event = shape.event
            and hotspot.layer = shape.layer
            and hotspot.view = shape.view
            and hotspot.hotspot = shape.hotspot
    cross join source
    cross join raw.region as region
)

select
    -- Outcome: collisions_against_usual or ksi_against_usual. Never null.
    judged.event || '_against_usual' as outcome,
    -- grid (squares of one km) or stretch (of a numbered road, about 500 m). Never null.
    judged.layer,
    -- region, or the code of the authority that looks alone. Never null.
    judged.view,
    -- Cluster: code of its first place. Never null.
    judged.hotspot,
    -- First day of the period. Never null.
    judged.period_start,
    -- Last day of the period. Never null.
    judged.period_end,
    -- Squares or stretches in it that have more collisions than usual. Never null.
    judged.site_count,
    -- Collisions there over the period, as the view sees them; of adjusted severity a sum of chances. Null where too
    -- small to be shown.
    case when not judged.is_hidden then judged.observed end as observed_count,
    -- Collisions usual there over the period, at the mean of the view. Never null.
    judged.expected as expected_count,
    -- Collisions a year beyond the usual, empirical Bayes; null where the count is too small to be shown, and where
    -- nothing tells places apart, so that nothing says how much of the surplus will stay.
    case
        when not judged.is_hidden and judged.lower is not null then (judged.estimate - judged.expected) / judged.years
    end as excess_per_year,
    -- Lower 95 % limit of it; null likewise.
    case when not judged.is_hidden then (judged.lower - judged.expected) / judged.years end as excess_per_year_lower,
    -- Upper 95 % limit of it; null likewise.
    case when not judged.is_hidden then (judged.upper - judged.expected) / judged.years end as excess_per_year_upper,
    -- Getis-Ord Gi*, standard deviations above the usual, of the window that stands out most; null likewise.
    case when not judged.is_hidden then judged.gi_star end as gi_star,
    -- Chance of as many collisions or more in that window, if it were as usual; null likewise.
    case when not judged.is_hidden then judged.p end as p,
    -- False-discovery-rate q-value of it over all windows that the view tests; null likewise.
    case when not judged.is_hidden then judged.q end as q,
    -- Authorities with a part in it, comma-separated; of an authority's view itself. Never null.
    judged.authorities as authority_codes,
    -- Authorities party to it: those with a tenth of what is beyond usual, comma-separated. Never null.
    judged.acting as party_codes,
    -- Parties that find it, or what touches it, alone, comma-separated; empty for none. Never null.
    judged.seeing as seen_alone_by_codes,
    -- True where more than one authority is party to it. Never null.
    judged.is_across_borders,
    -- True where no party finds it alone, and all are the region's own; false in views of authorities. Never null.
    judged.is_only_borderless,
    -- True in views of authorities where the region finds nothing there; false in the region's view. Never null.
    judged.is_only_alone,
    -- How it was made, and of fatal and serious collisions the series of severity. Never null.
    'Getis-Ord Gi* of places alone and with neighbours, against what is usual by road class, traffic and density of '
    || 'roads, false discovery rate 5 %; excess by empirical Bayes'
    || case
        when judged.event <> 'ksi' then ''
        when judged.is_adjusted then ', adjusted severity'
        else ', severity as recorded'
    end as method,
    -- Source ids, comma-separated. Never null.
    judged.source,
    -- Squares or lines, longitude and latitude (EPSG:4326, x first); null where the source may not be drawn.
    st_transform(judged.geom, 'EPSG:4326') as geom
from judged
