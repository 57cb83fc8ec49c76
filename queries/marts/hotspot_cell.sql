-- One row per kind of collision, layer, view and place in or at the middle of a hotspot.
-- A place is a square of one km, or a stretch of a numbered road of about 500 m. It is tested by itself and with its
-- neighbours, so the middle of a hot window may itself be quiet.
-- key: outcome, layer, view, site
with source as (
    select
        string_agg(source, ',' order by source) as source,
        coalesce(bool_or(publish = 'aggregates') filter (kind = 'collisions'), false)
        and any_value(region.small_count_threshold) > 1 as is_hidden
    from raw.source
    cross join raw.region as region
    where kind in ('collisions', 'roads', 'traffic_counts')
)

select
    -- Outcome: collisions_against_usual or ksi_against_usual. Never null.
    site.event || '_against_usual' as outcome,
    -- grid (squares of one km) or stretch (of a numbered road, about 500 m). Never null.
    site.layer,
    -- region, or the code of the authority that looks alone. Never null.
    site.view,
    -- Cluster, as in marts.hotspot. Never null.
    site.hotspot,
    -- Code of the square (side, column, row) or stretch (corridor, section, number). Never null.
    site.site,
    -- True where it has more than usual itself and counts in its hotspot; false where only its neighbours do. Never
    -- null.
    site.is_member,
    -- True where it is the middle of a hot window. Never null.
    site.is_hot,
    -- Collisions over the period, as the view sees them. All counts and tests are null where a source is open in
    -- aggregates only.
    case when not source.is_hidden then site.observed end as observed_count,
    -- Collisions usual there, at the mean of the view. Never null.
    site.expected as expected_count,
    -- Collisions in the long run over such a period, empirical Bayes; null likewise.
    case when not source.is_hidden then site.estimate end as estimate_count,
    -- What window the tests below are of: 0 the place by itself, 1 with its neighbours. Never null.
    site.reach,
    -- Collisions in the window; null likewise.
    case when not source.is_hidden then site.window_count end as window_count,
    -- Collisions usual in the window. Never null.
    site.window_expected,
    -- Getis-Ord Gi*, standard deviations above the usual; null likewise.
    case when not source.is_hidden then site.gi_star end as gi_star,
    -- Chance of as many collisions or more in the window, if it were as usual; null likewise.
    case when not source.is_hidden then site.p end as p,
    -- False-discovery-rate q-value over all windows that the view tests; null likewise.
    case when not source.is_hidden then site.q end as q,
    -- Source ids, comma-separated. Never null.
    source.source,
    -- Square or line, longitude and latitude (EPSG:4326, x first); null where the source may not be drawn.
    st_transform(shape.geom, 'EPSG:4326') as geom
from core.hotspot_site as site
inner join core.hotspot_shape as shape on site.layer = shape.layer and site.site = shape.site
cross join source
where site.hotspot is not null
