-- One row per collision or report: who answers for the road it was on, beside the authority it lies in.
-- The strategic operator answers for trunk roads and motorways; otherwise the authority that the link lies in does.
-- key: incident_kind, source, incident_id
-- publish: rows
with located as (
    select incident_kind, source, incident_id, area_code as located_code
    from core.incident_place
    where area_level = getvariable('authority_level') and incident_kind <> 'response'
),

snapped as (
    select
        incident.incident_kind, incident.source, incident.incident_id, incident.link_source, incident.link_id,
        coalesce(link.is_trunk, link.road_class = 'motorway') as is_strategic
    from core.incident_link as incident
    inner join staging.link as link on incident.link_source = link.source and incident.link_id = link.link_id
),

piece as (
    select source as link_source, link_id, area_code, bool_or(is_shared) as is_shared, sum(length_m) as length_m
    from core.link_piece
    where area_level = getvariable('authority_level') and area_code is not null
    group by all
),

owner as (
    -- A link in several authorities: the one the incident lies in, if it is one of them, or else the longest part's.
    select snapped.incident_kind, snapped.source, snapped.incident_id, piece.area_code, piece.is_shared
    from snapped
    inner join piece on snapped.link_source = piece.link_source and snapped.link_id = piece.link_id
    left join located
        on snapped.incident_kind = located.incident_kind
            and snapped.source = located.source
            and snapped.incident_id = located.incident_id
    qualify row_number() over (
            partition by snapped.incident_kind, snapped.source, snapped.incident_id
            order by coalesce(piece.area_code <> located.located_code, true), -piece.length_m, piece.area_code
        ) = 1
)

select
    -- collision or report. Never null.
    located.incident_kind,
    -- Source id of the incident. Never null.
    located.source,
    -- Publisher's reference of the incident. Never null.
    located.incident_id,
    -- Code of the authority whose area holds the point; null where it lies in none.
    located.located_code,
    -- Code of the authority that answers for the road; null where the strategic operator does, or nobody is known.
    case
        when coalesce(snapped.is_strategic, false) then null
        else coalesce(owner.area_code, located.located_code)
    end as responsible_code,
    -- True where the strategic operator answers for the road. Never null.
    coalesce(snapped.is_strategic, false) as is_strategic,
    -- True where the link runs along a border, so that a neighbour may answer for it as well. Never null.
    coalesce(owner.is_shared, false) as is_shared,
    -- What it rests on: trunk road or motorway, authority of the link, authority of the point, not known. Never null.
    case
        when snapped.is_strategic then 'trunk road or motorway'
        when owner.area_code is not null then 'authority of the link'
        when located.located_code is not null then 'authority of the point'
        else 'not known'
    end as reason,
    -- Source id of the link; null where it has none.
    snapped.link_source
from located
left join snapped
    on located.incident_kind = snapped.incident_kind
        and located.source = snapped.source
        and located.incident_id = snapped.incident_id
left join owner
    on located.incident_kind = owner.incident_kind
        and located.source = owner.source
        and located.incident_id = owner.incident_id
