-- One row per two authorities with a border in common, or corridor from one into the other, and outcome, band and road
-- class of it, telling how many times as much happened on one side as on the other, against what is usual there.
-- A difference is a contrast, since whatever else changes at the border (town, police force, weather) changes with the
-- authority. Fatal and serious collisions are among all.
-- key: area_code, neighbour_code, corridor, road_class, band_km, outcome
-- counts: event_count, other_event_count
with slot as (
    select line.*, outcome.outcome, band.band_m
    from core.border_line as line
    cross join (values ('collisions'), ('ksi'), ('reports')) as outcome (outcome)
    cross join (values (1000), (2000), (5000)) as band (band_m)
),

compared as (
    select
        contrast.*, first.event_count, first.near_count, first.road_km, first.known_share, first.vehicle_km,
        first.years, first.expected_count, first.period_start, first.period_end, first.is_covered,
        other.event_count as other_event_count, other.near_count as other_near_count, other.road_km as other_road_km,
        other.known_share as other_known_share, other.vehicle_km as other_vehicle_km, other.years as other_years,
        other.expected_count as other_expected_count, other.is_covered as other_is_covered,
        coalesce(first.known_share >= 0.8 and other.known_share >= 0.8, false) as is_by_traffic,
        first.is_covered and other.is_covered
        and first.period_start = other.period_start and first.period_end = other.period_end as is_computable
    from core.border_contrast as contrast
    inner join core.border_side as first
        on contrast.line = first.line
            and contrast.road_class = first.road_class
            and contrast.band_m = first.band_m
            and contrast.outcome = first.outcome
            and first.is_first
    inner join core.border_side as other
        on contrast.line = other.line
            and contrast.road_class = other.road_class
            and contrast.band_m = other.band_m
            and contrast.outcome = other.outcome
            and not other.is_first
),

faced as (
    select
        slot.area_code, area.area_name, slot.neighbour_code, neighbour.area_name as neighbour_name, slot.corridor,
        slot.outcome, slot.band_m, compared.* exclude (outcome, band_m),
        case slot.outcome when 'ksi' then 'collisions with deaths or serious injuries' else slot.outcome end as events,
        case
            when slot.corridor is not null then slot.corridor
            when compared.road_class in ('a', 'b', 'c') then upper(compared.road_class) || ' roads'
            when compared.road_class = 'motorway' then 'motorways'
            else concat(compared.road_class, ' roads')
        end as roads,
        case
            when area.is_context or neighbour.is_context then 'one of the two is not in this region'
            when compared.line is null then 'no roads near the border are known, or nothing of the kind is counted'
            when not compared.is_covered and not compared.other_is_covered then 'no source speaks for either side'
            when not compared.is_covered or not compared.other_is_covered then 'no source speaks for one of the sides'
            when not compared.is_computable then 'the two sides are counted over different years'
            else compared.reason
        end as why
    from slot
    inner join core.area as area
        on area.area_level = getvariable('authority_level') and slot.area_code = area.area_code
    inner join core.area as neighbour
        on neighbour.area_level = getvariable('authority_level') and slot.neighbour_code = neighbour.area_code
    left join compared
        on slot.line = compared.line and slot.outcome = compared.outcome and slot.band_m = compared.band_m
),

source as (
    select
        string_agg(source, ',' order by source) filter (kind <> 'reports') as of_collisions,
        string_agg(source, ',' order by source) filter (kind <> 'collisions') as of_reports
    from raw.source
    where kind in ('collisions', 'reports', 'roads', 'traffic_counts')
)

select
    -- Code of the authority on the first side, the lower of the two. Never null.
    faced.area_code,
    -- Name of the authority on the first side. Never null.
    faced.area_name,
    -- Code of the authority on the other side. Never null.
    faced.neighbour_code,
    -- Name of the authority on the other side. Never null.
    faced.neighbour_name,
    -- Corridor: road number and part (A61/1); all roads where they are not told apart. Never null.
    coalesce(faced.corridor, 'all roads') as corridor,
    -- motorway, a, b, c, unclassified, or all. Never null.
    coalesce(faced.road_class, 'all') as road_class,
    -- How far the band reaches either side, kilometres: along the road on a corridor, in plan otherwise. Look at 2; 1
    -- and 5 tell whether it matters. Never null.
    faced.band_m / 1000 as band_km,
    -- collisions, ksi (those in which someone was killed or seriously injured) or reports. Never null.
    faced.outcome,
    -- First day of the period; null where not computable.
    faced.period_start,
    -- Last day of the period; null likewise.
    faced.period_end,
    -- Events on the first side, by where their points lie; of adjusted severity to the nearest whole; null where no
    -- source speaks for it.
    faced.event_count,
    -- Events on the other side; null likewise.
    faced.other_event_count,
    -- Of both sides' events, those so near a border that the other side may be meant; null likewise.
    faced.near_count + faced.other_near_count as near_count,
    -- Exposure of the first side over the period, as exposure_unit says; null where there is no such road or period.
    case when faced.is_by_traffic then faced.vehicle_km else faced.road_km * faced.years end as exposure,
    -- Exposure of the other side; null likewise.
    case
        when faced.is_by_traffic then faced.other_vehicle_km else faced.other_road_km * faced.other_years
    end as other_exposure,
    -- vehicle-km, where traffic is known on four fifths of either side, or km of road x years; null where no road is.
    case
        when faced.is_by_traffic then 'vehicle-km' when faced.line is not null then 'km of road x years'
    end as exposure_unit,
    -- Events usual on the roads of the first side: by class, traffic, and how built up it is; null where too few tell.
    faced.expected_count,
    -- Events usual on those of the other side; null likewise.
    faced.other_expected_count,
    -- Observed / expected of the first side over that of the other; null where not computable, and where the other side
    -- had no events.
    case when faced.is_computable then faced.ratio end as rate_ratio,
    -- Lower 95 % limit of it; null where not computable.
    case when faced.is_computable then faced.lower end as rate_ratio_lower,
    -- Upper 95 % limit of it; null likewise, and where the other side had no events: there is none.
    case when faced.is_computable then faced.upper end as rate_ratio_upper,
    -- Squared coefficients of variation of both sides, summed: how much such places differ that no border parts; null
    -- likewise.
    case when faced.is_computable then faced.variation end as variation,
    -- Two-sided p of the conditional test that both sides are alike but for that; null likewise.
    case when faced.is_computable then faced.p end as p,
    -- False-discovery-rate q-value over all borders of the class, or all corridors, in the band; null likewise, and
    -- with fewer than ten events.
    case when faced.is_computable then faced.q end as q,
    -- higher (on the first side), lower, no difference told, or too few data; null where not computable.
    case when faced.is_computable then faced.verdict end as verdict,
    -- What a difference may be called: contrast, or effect not excluded (every check passed, which proves none); null
    -- where not computable.
    case when faced.is_computable and faced.p is not null then faced.wording end as wording,
    -- Checks that failed or could not be made; null where all passed, or not computable.
    case when faced.is_computable and faced.p is not null then faced.wording_reason end as wording_reason,
    -- p that road gets neither denser nor sparser right at the border; null where not known.
    faced.density_p,
    -- Difference of the sides' traffic (logarithm), standard deviations; null where not known; 99 where both are
    -- constant and differ.
    faced.traffic as traffic_difference,
    -- Difference of the share of people in towns, likewise.
    faced.urban_share as urban_share_difference,
    -- Difference of the length of road around (logarithm), likewise.
    faced.road_density as road_density_difference,
    -- Difference of the mean speed limit of collisions, likewise.
    faced.speed_limit as speed_limit_difference,
    -- Largest difference of the shares of road classes, likewise.
    faced.road_classes as road_class_difference,
    -- Why it is not computable; null where it is.
    faced.why as reason,
    -- The row in words: what was told, and that it is a contrast, unless every check passed. Never null.
    case
        when faced.why is not null then concat('Not computable here, because ', faced.why, '.')
        when faced.verdict = 'too few data'
            then format(
                    'Too few {} on {} within {:g} km of the border of {} and {} to tell them apart: {:d} and {:d}.',
                    faced.events, faced.roads, faced.band_m / 1000, faced.area_name, faced.neighbour_name,
                    faced.event_count::bigint, faced.other_event_count::bigint
                )
        else
            format(
                '{} on {} within {:g} km of the border of {} and {}: {}, {:d} against {:d}; {}.{}',
                upper(faced.events[1]) || faced.events[2:], faced.roads, faced.band_m / 1000, faced.area_name,
                faced.neighbour_name,
                case faced.verdict
                    when 'no difference told' then 'no difference told' else faced.verdict || ' in ' || faced.area_name
                end,
                faced.event_count::bigint, faced.other_event_count::bigint,
                case
                    when faced.ratio is null
                        then format('for such roads at least {:.2f} times as many (95 % limit)', faced.lower)
                    else format(
                            'for such roads {:.2f} times as many (95 % limits {:.2f} to {})',
                            faced.ratio, faced.lower, coalesce(format('{:.2f}', faced.upper), 'any number')
                        )
                end,
                case
                    when faced.verdict = 'no difference told' then ''
                    when faced.wording = 'contrast'
                        then concat(' A contrast, not an effect of the authority: ', faced.wording_reason, '.')
                    else ' The sides are alike in what was checked; what else changes at the border may be the cause.'
                end
            )
    end as sentence,
    -- How it was made. Never null.
    'conditional test of two counts against what is usual by class, traffic and road density; variation between places '
    || 'from unlike sites and neighbouring strips' as method,
    -- Source ids, comma-separated; null where there are none.
    case when faced.outcome = 'reports' then source.of_reports else source.of_collisions end as source
from faced
cross join source
