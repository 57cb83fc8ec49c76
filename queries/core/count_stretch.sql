-- One row per year and stretch of a numbered road that takes its flow from one traffic count.
-- Between two counts of a year the road is divided half way. Of its part, a count speaks for the length that it is
-- published for, half to each side (counted), and beyond that for as far as the setting count_reach_m (nearest count).
-- key: corridor, strand, year, from_m
with located as (
    select
        on_link.source, on_link.count_point_id, on_link.link_source, on_link.link_id,
        -- A link of several lines has no one measure; its counts go to its middle.
        coalesce(on_link.chainage_m, link.length_m / 2) as along_m
    from core.count_link as on_link
    inner join core.numbered_link as link on on_link.link_source = link.source and on_link.link_id = link.link_id
),

placed as (
    select
        located.source, located.count_point_id, piece.corridor, piece.strand,
        piece.at_from_m + (piece.at_to_m - piece.at_from_m)
        * least(greatest((located.along_m - piece.from_m) / piece.length_m, 0), 1) as at_m
    from located
    inner join core.corridor_piece as piece
        on located.link_source = piece.source
            and located.link_id = piece.link_id
            and located.along_m >= piece.from_m - 0.001
            and located.along_m <= piece.to_m + 0.001
    qualify row_number() over (partition by located.source, located.count_point_id order by piece.piece) = 1
),

flow as (
    select
        placed.*, count.year, count.aadf, count.is_counted,
        coalesce(count.stretch_km, 0) * 500 as own_m,
        greatest(own_m, getvariable('count_reach_m')) as reach_m,
        coalesce((lag(placed.at_m) over along + placed.at_m) / 2, '-inf') as begins_m,
        coalesce((lead(placed.at_m) over along + placed.at_m) / 2, 'inf') as ends_m
    from placed
    inner join staging.traffic_count as count
        on placed.source = count.source and placed.count_point_id = count.count_point_id
    window along as (
        partition by placed.corridor, placed.strand, count.year
        order by placed.at_m, placed.source, placed.count_point_id
    )
),

edge as (
    select
        *,
        greatest(begins_m, at_m - reach_m) as first_m, greatest(begins_m, at_m - own_m) as own_from_m,
        least(ends_m, at_m + own_m) as own_to_m, least(ends_m, at_m + reach_m) as last_m
    from flow
),

stretch as (
    select *, first_m as from_m, own_from_m as to_m, 'nearest count' as basis from edge
    union all
    select *, own_from_m, own_to_m, 'counted' from edge
    union all
    select *, own_to_m, last_m, 'nearest count' from edge
)

select
    -- Corridor: road number and part (A61/1). Never null.
    stretch.corridor,
    -- 1 for the longest way through the corridor, then its spurs and loops. Never null.
    stretch.strand,
    -- Calendar year. Never null.
    stretch.year,
    -- Where it begins, metres along the corridor; may lie before the beginning of the strand. Never null.
    stretch.from_m,
    -- Where it ends, metres along the corridor; may lie past the end of the strand. Never null.
    stretch.to_m,
    -- counted (within the length the count is published for) or nearest count (on the road, beyond it). Never null.
    stretch.basis,
    -- Source id of the count. Never null.
    stretch.source as count_source,
    -- Publisher's reference of the count point. Never null.
    stretch.count_point_id,
    -- Place of the count, metres along the corridor. Never null.
    stretch.at_m,
    -- True where it was counted in that year, false where estimated from other years or places; null if not said.
    stretch.is_counted,
    -- Motor vehicles on an average day of the year, both directions together. Never null.
    stretch.aadf
from stretch
where stretch.to_m > stretch.from_m
