-- One row per collision or report: the authority it lies in beside the one its source recorded.
-- Neither overwrites the other; where they differ, the reason says whether the border explains it.
-- key: incident_kind, source, incident_id
-- publish: rows
with known as (
    select area_level, area_code, lower(area_name) as lower_name from core.area
),

compared as (
    select
        incident.incident_kind, incident.source, incident.incident_id, incident.recorded_authority,
        coalesce(source.recorded_level, getvariable('authority_level')) as area_level
    from core.incident as incident
    inner join raw.source as source on incident.source = source.source
    where incident.incident_kind <> 'response'
),

resolved as (
    select compared.*, place.area_code as located_code, min(known.area_code) as recorded_code
    from compared
    inner join core.incident_place as place using (incident_kind, source, incident_id, area_level)
    left join known
        on compared.area_level = known.area_level
            and (
                compared.recorded_authority = known.area_code
                or lower(compared.recorded_authority) = known.lower_name
            )
    group by all
)

select
    -- collision or report. Never null.
    resolved.incident_kind,
    -- Source id; joins to meta.source. Never null.
    resolved.source,
    -- Publisher's reference. Never null.
    resolved.incident_id,
    -- Level at which the two authorities are compared. Never null.
    resolved.area_level,
    -- Code of the authority whose area holds the point; null where it lies in none.
    resolved.located_code,
    -- Code of the authority the source recorded; null where it recorded none that is known here.
    resolved.recorded_code,
    -- How the two agree: agree, differ near the border, differ far from the border, and so on. Never null.
    case
        when resolved.recorded_authority is null then 'no authority recorded'
        when resolved.recorded_code is null then 'recorded authority is not of this region'
        when resolved.located_code is null then 'not located in any authority'
        when resolved.located_code = resolved.recorded_code then 'agree'
        when near.distance_m is not null then 'differ, within the border tolerance'
        else 'differ, beyond the border tolerance'
    end as agreement
from resolved
left join core.incident_near_area as near
    on resolved.incident_kind = near.incident_kind
        and resolved.source = near.source
        and resolved.incident_id = near.incident_id
        and resolved.area_level = near.area_level
        and resolved.recorded_code = near.area_code
