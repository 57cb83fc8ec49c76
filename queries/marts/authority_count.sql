-- One row per source, kind of incident, authority and year: its incidents by where they lie, with the range that
-- border tolerance allows, by what the source recorded, and by who answers for the road.
-- Each way of telling gives every incident to one row, so the totals of the three are the same.
-- Counts of a source that is open in aggregates only are not published here, unless small_count_threshold is 0.
-- key: source, incident_kind, authority_code, year
-- counts: located_count, located_count_low, located_count_high, recorded_count, responsible_count
with dated as (
    select incident_kind, source, incident_id, coalesce(year(occurred_on), 0) as year
    from core.incident
    where incident_kind <> 'response'
),

near as (
    select incident_kind, source, incident_id, area_code
    from core.incident_near_area
    where area_level = getvariable('authority_level') and incident_kind <> 'response'
),

told as (
    select
        incident_kind, source, incident_id, area_code, 'located' as told_by,
        (incident_kind, source, incident_id) not in (select (incident_kind, source, incident_id) from near) as is_sure
    from core.incident_place
    where area_level = getvariable('authority_level') and incident_kind <> 'response'
    union all
    select incident_kind, source, incident_id, area_code, 'near', false from near
    union all
    select incident_kind, source, incident_id, recorded_code_now, 'recorded', true
    from core.incident_authority
    where area_level = getvariable('authority_level')
    union all
    select
        incident_kind, source, incident_id,
        case when is_strategic then 'strategic operator' else responsible_code end, 'responsible', true
    from core.incident_responsible
)

select
    -- Source id; joins to meta.source. Never null.
    told.source,
    -- collision or report. Never null.
    told.incident_kind,
    -- Code of the authority on the basis date, beyond the region too; 'strategic operator', or 'none' where no
    -- authority is known. Never null.
    coalesce(told.area_code, 'none') as authority_code,
    -- Calendar year; zero where the source has no date. Never null.
    dated.year,
    -- Incidents in its area; null where the source is open in aggregates only.
    count(*) filter (told.told_by = 'located') as located_count,
    -- Of these, not within the border tolerance of another authority's area; null likewise.
    count(*) filter (told.told_by = 'located' and told.is_sure) as located_count_low,
    -- Incidents in its area or within the border tolerance of it; null likewise.
    count(*) filter (told.told_by in ('located', 'near')) as located_count_high,
    -- Incidents that the source recorded as its own; null likewise, and where it records areas of another level.
    case
        when coalesce(any_value(source.recorded_level), getvariable('authority_level')) = getvariable('authority_level')
            then count(*) filter (told.told_by = 'recorded')
    end as recorded_count,
    -- Incidents on roads that it answers for, or in its area where no road is known; null likewise.
    count(*) filter (told.told_by = 'responsible') as responsible_count
from told
inner join dated
    on told.incident_kind = dated.incident_kind
        and told.source = dated.source
        and told.incident_id = dated.incident_id
inner join raw.source as source on told.source = source.source
group by told.source, told.incident_kind, coalesce(told.area_code, 'none'), dated.year
