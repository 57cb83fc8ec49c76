-- One row per hotspot that may be a problem and collision on a road in its squares, over the period of the problem:
-- who answers for the road. Columns as in core.event_of_section.
-- key: problem, event
with hot as (
    select
        candidate.problem, candidate.period_start, candidate.period_end,
        split_part(site.site, '/', 2)::bigint as cell_x, split_part(site.site, '/', 3)::bigint as cell_y
    from core.candidate_hotspot as candidate
    inner join core.hotspot_site as site
        on candidate.problem = 'hotspot ' || site.hotspot
            and site.is_member
            and site.event = 'collisions'
            and site.layer = 'grid'
            and site.view = 'region'
),

placed as (
    -- A link of several lines has no one measure; its collisions go to its middle, as in core.cell_count.
    select
        on_link.source, on_link.incident_id, on_link.link_source, on_link.link_id,
        coalesce(on_link.chainage_m, link.length_m / 2) as along_m
    from core.incident_link as on_link
    inner join staging.link as link on on_link.link_source = link.source and on_link.link_id = link.link_id
    where on_link.incident_kind = 'collision'
),

located as (
    select placed.source, placed.incident_id, piece.cell_x, piece.cell_y
    from placed
    inner join core.cell_piece as piece
        on placed.link_source = piece.source
            and placed.link_id = piece.link_id
            and placed.along_m >= piece.from_m - 0.001
            and placed.along_m <= piece.to_m + 0.001
    qualify row_number() over (partition by placed.source, placed.incident_id order by piece.from_m) = 1
)

select
    -- Problem, as in core.candidate_hotspot. Never null.
    hot.problem,
    -- Source id and reference of the collision. Never null.
    located.source || ' ' || located.incident_id as event,
    -- Code of the authority that answers for the road; null where the strategic operator does, or nobody is known.
    responsible.responsible_code,
    -- Code of a neighbour that may answer for it as well, as the road runs along their border; null where none may.
    responsible.shared_with_code,
    -- True where the strategic operator answers for the road. Never null.
    responsible.is_strategic
from hot
inner join located on hot.cell_x = located.cell_x and hot.cell_y = located.cell_y
inner join staging.collision as collision
    on located.source = collision.source
        and located.incident_id = collision.collision_id
        and collision.occurred_on between hot.period_start and hot.period_end
inner join core.incident_responsible as responsible
    on responsible.incident_kind = 'collision'
        and located.source = responsible.source
        and located.incident_id = responsible.incident_id
