-- One row per year and stretch of a carriageway link whose traffic is known; stretches that nothing tells of have none.
-- A numbered road takes the flow of its nearest count, see core.count_stretch; a link without a number has a flow only
-- where it was counted itself. Slip roads, roundabouts and stubs have none.
-- key: source, link_id, year, piece
with numbered as (
    select
        piece.source, piece.link_id, piece.corridor, piece.section, piece.role, piece.length_m, stretch.year,
        stretch.basis, stretch.count_source, stretch.count_point_id, stretch.is_counted, stretch.aadf,
        piece.from_m, piece.to_m, piece.at_to_m < piece.at_from_m as is_back,
        least(piece.at_from_m, piece.at_to_m) as low_m, greatest(piece.at_from_m, piece.at_to_m) as high_m,
        -- Parts of the piece, in the order of the corridor; a piece that has one place on it is in one stretch whole.
        case when high_m > low_m then greatest((stretch.from_m - low_m) / (high_m - low_m), 0) else 0 end as from_share,
        case when high_m > low_m then least((stretch.to_m - low_m) / (high_m - low_m), 1) else 1 end as to_share
    from core.corridor_piece as piece
    inner join core.count_stretch as stretch
        on piece.corridor = stretch.corridor
            and piece.strand = stretch.strand
            and stretch.from_m <= greatest(piece.at_from_m, piece.at_to_m)
            and stretch.to_m > least(piece.at_from_m, piece.at_to_m)
    where piece.role in ('reference', 'beside')
),

own as (
    select
        link.source, link.link_id, link.length_m, count.year, count.source as count_source, count.count_point_id,
        count.is_counted, count.aadf
    from core.count_link as on_link
    inner join staging.link as link
        on on_link.link_source = link.source and on_link.link_id = link.link_id and link.road_number is null
    inner join staging.traffic_count as count
        on on_link.source = count.source and on_link.count_point_id = count.count_point_id
    qualify row_number() over (
            partition by link.source, link.link_id, count.year
            order by on_link.distance_m, on_link.source, on_link.count_point_id
        ) = 1
),

part as (
    select
        source, link_id, year,
        case when is_back then to_m - to_share * length_m else from_m + from_share * length_m end as from_m,
        case when is_back then to_m - from_share * length_m else from_m + to_share * length_m end as to_m,
        corridor, section, role, basis, count_source, count_point_id, is_counted, aadf
    from numbered
    -- Less than a micrometre is rounding.
    where (to_share - from_share) * length_m > 1e-6
    union all
    select
        source, link_id, year, 0, length_m, null, null, null, 'counted', count_source, count_point_id, is_counted, aadf
    from own
)

select
    -- Source id of the link. Never null.
    part.source,
    -- Publisher's reference of the link. Never null.
    part.link_id,
    -- Calendar year. Never null.
    part.year,
    -- Number of the stretch within link and year, from 1. Never null.
    row_number() over (partition by part.source, part.link_id, part.year order by part.from_m) as piece,
    -- Where it begins, metres along the link. Never null.
    part.from_m,
    -- Where it ends, metres along the link. Never null.
    part.to_m,
    -- Length, metres. Never null.
    part.to_m - part.from_m as length_m,
    -- Corridor: road number and part (A61/1); null for links without a number.
    part.corridor,
    -- Section of the corridor; null for links without a number.
    part.section,
    -- reference or beside (the other carriageway), as in core.corridor_piece; null for links without a number.
    part.role,
    -- counted (within the length the count is published for) or nearest count (on the road, beyond it). Never null.
    part.basis,
    -- Source id of the count. Never null.
    part.count_source,
    -- Publisher's reference of the count point. Never null.
    part.count_point_id,
    -- True where it was counted in that year, false where estimated from other years or places; null if not said.
    part.is_counted,
    -- Motor vehicles on an average day of the year, both directions of the road together. Never null.
    part.aadf,
    -- Motor vehicle kilometres in the year: flow x length x days; null beside a reference carriageway, which has the
    -- flow of both directions already.
    case
        when coalesce(part.role, '') <> 'beside'
            then
                part.aadf * (part.to_m - part.from_m) / 1000
                * (make_date(part.year + 1, 1, 1) - make_date(part.year, 1, 1))
    end as vehicle_km
from part
