-- One row per border or corridor across it, road class, band, outcome and side: events on roads within the band, their
-- exposure, and how many are usual on such roads.
-- key: line, road_class, band_m, outcome, is_first
with period as (
    select
        area.area_code, area.is_context, period.outcome, period.period_start, period.period_end, period.years,
        coverage.is_covered
    from core.area as area
    inner join core.event_years as period on area.region = period.region
    inner join core.coverage as coverage
        on area.area_level = coverage.area_level
            and area.area_code = coverage.area_code
            and coverage.kind = case when period.outcome = 'reports' then 'reports' else 'collisions' end
    where area.area_level = getvariable('authority_level')
)

select
    -- Number of the border or corridor, as in core.border_line. Never null.
    total.line,
    -- motorway, a, b, c, unclassified, or all. Never null.
    total.road_class,
    -- How far the band reaches from the border, metres: along the road on a corridor, in plan otherwise. Never null.
    total.band_m,
    -- collisions, ksi or reports. Never null.
    total.outcome,
    -- True on the side of the lower code. Never null.
    total.is_first,
    -- Code of the authority on the side: where the points lie, not who answers for the road. Never null.
    case when total.is_first then line.area_code else line.neighbour_code end as area_code,
    -- Code of the authority on the other side. Never null.
    case when total.is_first then line.neighbour_code else line.area_code end as other_code,
    -- Corridor: road number and part (A61/1); null for all roads of the two.
    line.corridor,
    -- First day of the period; null where nothing of the kind is counted in its region.
    period.period_start,
    -- Last day of the period; null likewise.
    period.period_end,
    -- Length of the period in years; null likewise.
    period.years,
    -- True where a source of the events speaks for the authority, and it is of the region. Never null.
    coalesce(period.is_covered and not period.is_context, false) as is_covered,
    -- Events; of adjusted severity to the nearest whole. Null where no source speaks for the authority.
    case when period.is_covered then total.event_count end as event_count,
    -- Of them, so near a border that another side may be meant; null likewise.
    case when period.is_covered then total.near_count end as near_count,
    -- Length of road, kilometres: dual carriageways once. Never null.
    total.road_km,
    -- Share of it with traffic known, 0 to 1; null where there is no road.
    total.known_share,
    -- Vehicle-kilometres over the period where the traffic is known; null where the period is.
    total.flow_km * 365.25 * period.years as vehicle_km,
    -- Events usual on such roads over the period: by class, traffic, and how built up it is; null where too few events
    -- or none speak for it.
    case when period.is_covered then total.expected end as expected_count,
    -- Squared coefficient of variation of its rate, if its roads differ as those do that are not compared here; null
    -- likewise.
    case when period.is_covered then total.variation end as variation
from core.border_sum as total
inner join core.border_line as line on total.line = line.line
left join period
    on total.outcome = period.outcome
        and case when total.is_first then line.area_code else line.neighbour_code end = period.area_code
