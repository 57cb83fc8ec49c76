-- One row per kind of problem, exemplar and group: how many there are, or why there are none.
-- key: list_of, kind, theme
with section as (
    select count(*) as looked_at, count(expected) as judged from core.usual_section where event = 'collisions'
),

area as (
    select count(*) as judged from core.place_area
),

service as (
    select
        asked.theme, count(latest.outcome) as figures,
        count(latest.outcome) filter (latest.lower is not null) as certain,
        count(latest.outcome) filter (latest.verdict in ('worse', 'similar', 'better')) as judged
    from (select unnest(['satisfaction', 'responsiveness', 'condition', 'reliability']) as theme) as asked
    left join core.service_latest as latest on asked.theme = latest.theme and latest.value is not null
    group by all
),

collisions as (
    select count(*) as period_count from core.event_period where event = 'collisions'
),

ranked as (
    select kind, theme, count(*) as found, count(*) filter (part_of is null) as counted
    from core.problem_told
    group by all
),

well as (
    select kind, theme, count(*) as found from core.exemplar group by all
),

looked as (
    select
        'section' as kind, 'safety' as theme, section.looked_at, section.judged,
        case
            when collisions.period_count = 0 then 'no collisions of whole years were given'
            when section.looked_at = 0 then 'no numbered roads were given where collisions are'
            when section.judged = 0 then 'too few sections are alike to say what is usual'
        end as reason
    from section
    cross join collisions
    union all
    select
        'area', 'safety', area.judged as looked_at, area.judged,
        case
            when collisions.period_count = 0 then 'no collisions of whole years were given'
            when area.judged = 0
                then 'no areas below the authorities have roads or residents to hold collisions against'
        end
    from area
    cross join collisions
    union all
    select
        'service', theme, figures, judged,
        case
            when figures = 0 then 'no source of this region measures it for authorities'
            when certain = 0 then 'its figures are published without uncertainty'
            when judged = 0 then 'too few figures to tell authorities apart'
        end
    from service
    union all
    -- Kinds of place that are counted where they are found, as hotspots are.
    select kind, theme, found, found as judged, null
    from ranked
    where kind not in ('section', 'area', 'service')
),

grouped as (
    select count(distinct authority_code) as looked_at, count(*) filter (reason is null) as judged
    from core.group_member
),

found as (
    select
        'problem' as part, looked.kind, looked.theme, looked.looked_at, looked.judged,
        coalesce(ranked.found, 0) as found, coalesce(ranked.counted, 0) as counted,
        coalesce(looked.reason, 'none is worse than usual') as reason
    from looked
    left join ranked on looked.kind = ranked.kind and looked.theme = ranked.theme
    union all
    select
        'exemplar', looked.kind, looked.theme, looked.looked_at, looked.judged, coalesce(well.found, 0),
        coalesce(well.found, 0), coalesce(looked.reason, 'none does better for long enough')
    from looked
    left join well on looked.kind = well.kind and looked.theme = well.theme
    where looked.kind in ('section', 'area', 'service')
    union all
    select
        'group', 'authority', 'all', grouped.looked_at, grouped.looked_at as judged, grouped.judged as found,
        grouped.judged as counted,
        case
            when grouped.looked_at < 2 then 'there is only one authority' else 'no authorities that touch share enough'
        end
    from grouped
)

select
    -- problem, exemplar or group. Never null.
    part as list_of,
    -- Kind of place: section, area, service, or as another candidate model says; authority for groups. Never null.
    kind,
    -- Theme; all for groups. Never null.
    theme,
    -- Places or figures looked at. Never null.
    looked_at,
    -- Of these, held against what is usual, or their comparator. Never null.
    judged,
    -- Problems or exemplars found, or authorities in groups. Never null.
    found,
    -- Of these, such as are no part of another. Never null.
    counted,
    -- Why there are none; null where there are some.
    case when found = 0 then reason end as reason
from found
