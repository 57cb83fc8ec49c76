-- One row per section of a corridor in the region, along the road: what it is like there, and where the authority
-- changes.
-- Corridors that keep to one authority are here too, and say so.
-- key: corridor, section
with crossing as (
    select distinct corridor from core.border_cut
),

-- Satisfaction with roads as a whole, or else the first outcome there is.
people as (
    select * from core.section_people
    qualify row_number() over (
            partition by corridor, section order by outcome = 'satisfied_highways' desc, outcome
        ) = 1
),

collisions as (
    select *, length_km * years as km_years from core.usual_section
    where event = 'collisions'
)

select
    -- Corridor: road number and part (A61/1); one line in marts.corridor_summary. Never null.
    section.corridor,
    -- Number of the section within the corridor, from 1, along the road. Never null.
    section.section,
    -- Road number with its letter (A61). Never null.
    section.road,
    -- Class most of the corridor has: motorway, a, b, c or unclassified. Never null.
    corridor.road_class,
    -- 1 for the longest way through the corridor, then its spurs and loops. Never null.
    section.strand,
    -- True where the corridor goes from one authority into another. Never null.
    crossing.corridor is not null as is_across_borders,
    -- Where the section begins, kilometres along the corridor. Never null.
    section.from_m / 1000 as from_km,
    -- Where it ends, kilometres along the corridor. Never null.
    section.to_m / 1000 as to_km,
    -- Length, kilometres: dual carriageways once, without slip roads, roundabouts and gaps. Never null.
    section.length_m / 1000 as length_km,
    -- Code of the authority it lies in. Never null.
    section.area_code,
    -- Name of that authority. Never null.
    area.area_name,
    -- True where it begins at the border of another authority than that of the section before. Never null.
    cut.corridor is not null as is_change,
    -- Code of the authority before that border; null where there is no change.
    cut.before_code as changed_from,
    -- First day of the period of collisions; null where no source of collisions speaks for it.
    collisions.period_start as collision_period_start,
    -- Last day of it; null likewise.
    collisions.period_end as collision_period_end,
    -- Collisions over the period, slip roads and roundabouts too; null likewise.
    round(collisions.observed)::bigint as collision_count,
    -- Collisions usual for such roads; null likewise, and where too few sections are alike.
    collisions.expected as expected_count,
    -- Empirical Bayes estimate, collisions per year and length, kilometres; null likewise.
    collisions.estimate / collisions.km_years as collisions_per_km,
    -- Lower 95 % limit of it; null likewise, and where nothing tells sections apart.
    collisions.lower / collisions.km_years as collisions_per_km_lower,
    -- Upper 95 % limit of it; null likewise.
    collisions.upper / collisions.km_years as collisions_per_km_upper,
    -- Estimate / expected: 1 is usual; null where too few sections are alike.
    collisions.estimate / collisions.expected as collision_ratio,
    -- Lower 95 % limit of it; null likewise, and where nothing tells sections apart.
    collisions.lower / collisions.expected as collision_ratio_lower,
    -- Upper 95 % limit of it; null likewise.
    collisions.upper / collisions.expected as collision_ratio_upper,
    -- better, similar, worse (than usual for such roads) or too few data; null likewise.
    collisions.verdict as collision_verdict,
    -- First day of the period of reports; null where no source of reports speaks for it.
    report.period_start as report_period_start,
    -- Last day of it; null likewise.
    report.period_end as report_period_end,
    -- Reports over the period; null likewise.
    report.report_count,
    -- Reports per year and length, kilometres; null likewise.
    report.report_count / report.km_years as reports_per_km,
    -- Lower 95 % limit of it, of a Poisson count (Byar); null likewise.
    case
        when report.report_count = 0 then 0
        else
            report.report_count * greatest(
                1 - 1 / (9 * report.report_count) - 1.959964 / (3 * sqrt(report.report_count)), 0
            ) ** 3 / report.km_years
    end as reports_per_km_lower,
    -- Upper 95 % limit of it, likewise.
    (report.report_count + 1)
    * (1 - 1 / (9 * (report.report_count + 1)) + 1.959964 / (3 * sqrt(report.report_count + 1))) ** 3
    / report.km_years as reports_per_km_upper,
    -- 95th percentile of travel times over free flow on its observed links; null where none is observed.
    reliability.planning_time_index,
    -- Mean of the links' lower 95 % limits; null where one has none.
    reliability.planning_time_index_lower,
    -- Mean of their upper 95 % limits; null where one has none.
    reliability.planning_time_index_upper,
    -- Links observed; null where none is.
    reliability.link_count as observed_link_count,
    -- Last day that they were observed; null where none is.
    reliability.period_end as observed_until,
    -- Satisfaction outcome; described in marts.outcome_definition. Null where there is no score along it.
    people.outcome as satisfaction_outcome,
    -- Level of the areas within a kilometre whose people it is of; null likewise.
    people.area_level as satisfaction_level,
    -- Score of them, 0 (worst) to 100 (best), weighted by residents; null likewise.
    people.value as satisfaction,
    -- Lower 95 % limit; null likewise.
    greatest(people.value - 1.959964 * people.standard_error, 0) as satisfaction_lower,
    -- Upper 95 % limit; null likewise.
    least(people.value + 1.959964 * people.standard_error, 100) as satisfaction_upper,
    -- People who answered in those areas; null likewise.
    people.base as satisfaction_base,
    -- Last day of the year of the score; null likewise.
    people.period_end as satisfaction_until,
    -- Figures that are not there, and why, separated by semicolons; null where all are.
    nullif(
        concat_ws(
            '; ',
            case when collisions.corridor is null then 'no source of collisions speaks for it' end,
            case
                when collisions.corridor is not null and collisions.expected is null
                    then 'too few sections are alike to say what is usual'
            end,
            case when report.corridor is null then 'no source of reports speaks for it' end,
            case when reliability.corridor is null then 'no travel times of its links' end,
            case when people.corridor is null then 'no score of areas finer than an authority along it' end
        ), ''
    ) as missing,
    -- Source ids of the roads, comma-separated; those of figures are in their own tables. Never null.
    section.source
from core.corridor_section as section
inner join core.corridor as corridor on section.corridor = corridor.corridor
inner join core.area as area
    on area.area_level = getvariable('authority_level') and section.area_code = area.area_code and not area.is_context
left join crossing on section.corridor = crossing.corridor
left join core.border_cut as cut
    on section.corridor = cut.corridor and section.strand = cut.strand and section.from_m = cut.at_m
left join collisions on section.corridor = collisions.corridor and section.section = collisions.section
left join core.section_report as report
    on section.corridor = report.corridor and section.section = report.section
left join core.section_reliability as reliability
    on section.corridor = reliability.corridor and section.section = reliability.section
left join people on section.corridor = people.corridor and section.section = people.section
