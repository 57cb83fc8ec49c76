-- One row per collision or report: who answers for the road it was on, beside the authority it lies in.
-- The strategic operator answers for trunk roads and motorways; otherwise the authority that holds the link where
-- the incident was on it, by chainage. Where the link lies in none there, it is the nearest along it that does.
-- key: incident_kind, source, incident_id
-- publish: rows
with located as (
    select incident_kind, source, incident_id, area_code as located_code
    from core.incident_place
    where area_level = getvariable('authority_level') and incident_kind <> 'response'
),

holding as (
    select
        source, link_id,
        list({ 'from_m': from_m, 'to_m': to_m, 'code': area_code, 'shared_with': shared_with }) as pieces
    from core.link_piece
    where area_level = getvariable('authority_level') and area_code is not null
    group by all
),

road as (
    select
        link.source as link_source, link.link_id, holding.pieces,
        coalesce(link.is_trunk, link.road_class = 'motorway') as is_strategic
    from staging.link as link
    left join holding on link.source = holding.source and link.link_id = holding.link_id
    where link.is_carriageway
),

answered as (
    -- One row per link above, and the choice among its pieces here, so that no incident has several rows to be
    -- sorted. Where two pieces meet, and where a link of several lines has no chainage, the authority of the point
    -- goes first, then the longest piece's.
    select
        located.*, on_link.link_source, road.is_strategic,
        list_min(
            list_transform(
                road.pieces,
                lambda piece: {
                    'gap_m': round(
                        greatest(piece['from_m'] - on_link.chainage_m, on_link.chainage_m - piece['to_m'], 0), 3
                    ),
                    'is_elsewhere': coalesce(piece['code'] <> located.located_code, true),
                    'shorter': piece['from_m'] - piece['to_m'],
                    'code': piece['code'],
                    'shared_with': piece['shared_with']
                }
            )
        ) as owner
    from located
    left join core.incident_link as on_link
        on located.incident_kind = on_link.incident_kind
            and located.source = on_link.source
            and located.incident_id = on_link.incident_id
    left join road on on_link.link_source = road.link_source and on_link.link_id = road.link_id
)

select
    -- collision or report. Never null.
    answered.incident_kind,
    -- Source id of the incident. Never null.
    answered.source,
    -- Publisher's reference of the incident. Never null.
    answered.incident_id,
    -- Code of the authority whose area holds the point; null where it lies in none.
    answered.located_code,
    -- Code of the authority that answers for the road; null where the strategic operator does, or nobody is known.
    case
        when not coalesce(answered.is_strategic, false)
            then coalesce(answered.owner.code, answered.located_code)
    end as responsible_code,
    -- True where the strategic operator answers for the road. Never null.
    coalesce(answered.is_strategic, false) as is_strategic,
    -- True where the road runs along a border there, so that a neighbour may answer for it as well. Never null.
    answered.owner.shared_with is not null as is_shared,
    -- Code of that neighbour; null where the road is not shared there.
    answered.owner.shared_with as shared_with_code,
    -- What it rests on: trunk road or motorway, authority of the link, authority of the point, not known. Never null.
    case
        when answered.is_strategic then 'trunk road or motorway'
        when answered.owner.code is not null then 'authority of the link'
        when answered.located_code is not null then 'authority of the point'
        else 'not known'
    end as reason,
    -- Source id of the link; null where it has none.
    answered.link_source
from answered
