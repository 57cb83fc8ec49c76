-- One row per collision or report: the authority it lies in beside the one its source recorded.
-- Neither overwrites the other; where they differ, the reason says whether the border explains it. A recorded code
-- that has ended stands for its successor: of several, the one the incident lies in, else the nearest within the
-- border tolerance, else the one with the largest share.
-- key: incident_kind, source, incident_id
-- publish: rows
with compared as (
    select
        incident.incident_kind, incident.source, incident.incident_id, incident.recorded_authority,
        coalesce(source.recorded_level, getvariable('authority_level')) as area_level,
        coalesce(incident.occurred_on, getvariable('basis_on')) as then_on
    from core.incident as incident
    inner join raw.source as source on incident.source = source.source
    where incident.incident_kind <> 'response'
),

located as (
    select compared.*, place.area_code as located_code
    from compared
    inner join core.incident_place as place using (incident_kind, source, incident_id, area_level)
),

-- Only what may stand for several areas is looked at one by one.
chosen as (
    select located.incident_kind, located.source, located.incident_id, meaning.area_code
    from located
    inner join core.recorded_authority as meaning
        on located.area_level = meaning.area_level
            and located.recorded_authority = meaning.recorded_authority
            and located.then_on >= coalesce(meaning.first_on, located.then_on)
            and located.then_on <= coalesce(meaning.last_on, located.then_on)
            and meaning.is_here
            and meaning.choice_count > 1
    left join core.incident_near_area as near
        on located.incident_kind = near.incident_kind
            and located.source = near.source
            and located.incident_id = near.incident_id
            and meaning.area_level = near.area_level
            and meaning.area_code = near.area_code
    qualify row_number() over (
            partition by located.incident_kind, located.source, located.incident_id
            order by
                coalesce(meaning.area_code = located.located_code, false) desc,
                near.distance_m asc nulls last,
                meaning.share desc,
                meaning.area_code asc
        ) = 1
),

-- What a text stands for without a choice: one area of this region, or none.
plain as (
    select
        area_level, recorded_authority, first_on, last_on, recorded_as, is_former,
        min(case when is_here and choice_count = 1 then area_code end) as area_code
    from core.recorded_authority
    group by all
),

resolved as (
    select
        located.*, plain.recorded_as, coalesce(plain.is_former, false) as is_former,
        coalesce(chosen.area_code, plain.area_code) as now_code
    from located
    left join plain
        on located.area_level = plain.area_level
            and located.recorded_authority = plain.recorded_authority
            and located.then_on >= coalesce(plain.first_on, located.then_on)
            and located.then_on <= coalesce(plain.last_on, located.then_on)
    left join chosen
        on located.incident_kind = chosen.incident_kind
            and located.source = chosen.source
            and located.incident_id = chosen.incident_id
),

nearest as (
    select
        incident_kind, source, incident_id, area_level,
        arg_min(area_code, (distance_m, area_code)) as neighbour_code, min(distance_m) as distance_m
    from core.incident_near_area
    group by all
),

-- Only what lies elsewhere than recorded is measured, as measuring from a whole border is slow.
apart as (
    select
        resolved.incident_kind, resolved.source, resolved.incident_id,
        near.distance_m is not null as is_near,
        coalesce(near.distance_m, st_distance(incident.geom, area.geom)) as distance_m
    from resolved
    inner join core.incident as incident using (incident_kind, source, incident_id)
    inner join core.area as area on resolved.area_level = area.area_level and resolved.now_code = area.area_code
    left join core.incident_near_area as near
        on resolved.incident_kind = near.incident_kind
            and resolved.source = near.source
            and resolved.incident_id = near.incident_id
            and resolved.area_level = near.area_level
            and resolved.now_code = near.area_code
    where resolved.now_code is distinct from resolved.located_code
),

ahead as (
    select area_code as from_code, arg_min(to_code, (-share, to_code)) as to_code
    from core.area_successor
    where getvariable('basis') = 'as_will_be'
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
    -- Code, on the region's basis, of the authority whose area holds the point; null where it lies in none.
    coalesce(vintage.area_code, resolved.located_code) as located_code,
    -- What that rests on: the area of the basis date (also where it has not changed), boundaries of the time asked
    -- for, or only codes. Never null.
    coalesce(vintage.rests_on, 'the area of the basis date') as located_by,
    -- Code, on the region's basis, of the authority the source recorded; null where it recorded none known here.
    case
        when getvariable('basis') = 'as_was' and resolved.now_code is not null then resolved.recorded_as
        else coalesce(there_ahead.to_code, resolved.now_code)
    end as recorded_code,
    -- The same on the basis date, whatever the region's basis.
    resolved.now_code as recorded_code_now,
    -- Code that what the source recorded stood for at the time; null where it is not known.
    resolved.recorded_as,
    -- True where that code has ended since. Never null.
    resolved.is_former,
    -- How the two agree (as-was, by the areas of the basis date): agree, differ near the border, and so on. Never null.
    case
        when resolved.recorded_authority is null then 'no authority recorded'
        when resolved.now_code is null then 'recorded authority is not of this region'
        when resolved.located_code is null then 'not located in any authority'
        when
            coalesce(case when getvariable('basis') = 'as_will_be' then vintage.area_code end, resolved.located_code)
            = coalesce(there_ahead.to_code, resolved.now_code)
            then 'agree'
        when apart.is_near then 'differ, within the border tolerance'
        else 'differ, beyond the border tolerance'
    end as agreement,
    -- Distance from the point to the recorded authority's area, metres; null where it lies in it or none is known.
    apart.distance_m as recorded_distance_m,
    -- Nearest other authority within the border tolerance, code on the basis date; null where none is.
    nearest.neighbour_code,
    -- Distance to that authority, metres; null where it is beyond the border tolerance.
    nearest.distance_m as distance_to_border_m
from resolved
left join apart
    on resolved.incident_kind = apart.incident_kind
        and resolved.source = apart.source
        and resolved.incident_id = apart.incident_id
left join nearest
    on resolved.incident_kind = nearest.incident_kind
        and resolved.source = nearest.source
        and resolved.incident_id = nearest.incident_id
        and resolved.area_level = nearest.area_level
left join core.incident_vintage as vintage
    on vintage.basis = getvariable('basis')
        and resolved.incident_kind = vintage.incident_kind
        and resolved.source = vintage.source
        and resolved.incident_id = vintage.incident_id
        and resolved.area_level = vintage.area_level
left join ahead as there_ahead on resolved.now_code = there_ahead.from_code
