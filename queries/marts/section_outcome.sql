-- One row per outcome and section of a numbered road, over the longest period: collisions against what is usual for
-- roads of its class and traffic. Fatal and serious collisions are among all: their pounds must not be added up.
-- key: outcome, corridor, section, period_start, period_end
with source as (
    select string_agg(source, ',' order by source) as source
    from raw.source
    where kind in ('collisions', 'roads', 'traffic_counts')
),

rated as (
    select
        usual.*, price.price_year, price.source as price_source, usual.length_km * usual.years as km_years,
        case when usual.basis = 'traffic' then usual.exposure / 1e8 end as traffic,
        price.mean_pounds / usual.years as pounds
    from core.usual_section as usual
    inner join core.area as area
        on area.area_level = getvariable('authority_level') and usual.area_code = area.area_code
    left join core.collision_price as price on area.region = price.region and usual.event = price.event
)

select
    -- Outcome: collisions_against_usual or ksi_against_usual. Never null.
    rated.event || '_against_usual' as outcome,
    -- Corridor: road number and part (A61/1); joins to marts.corridor_section. Never null.
    rated.corridor,
    -- Number of the section within the corridor, from 1. Never null.
    rated.section,
    -- First day of the period. Never null.
    rated.period_start,
    -- Last day of the period. Never null.
    rated.period_end,
    -- Code of the authority it lies in. Never null.
    rated.area_code,
    -- Class most of the corridor has: motorway, a, b, c or unclassified. Never null.
    rated.road_class,
    -- Length, kilometres: dual carriageways once, without slip roads, roundabouts and gaps. Never null.
    rated.length_km,
    -- Collisions over the period, slip roads and roundabouts too; of adjusted severity a sum of chances. Never null.
    rated.observed as observed_count,
    -- Vehicle-kilometres or kilometre-years over the period, as exposure_unit says. Never null.
    rated.exposure,
    -- vehicle-km (the mean of known flows, on all of its length) or km of road x years. Never null.
    case when rated.basis = 'traffic' then 'vehicle-km' else 'km of road x years' end as exposure_unit,
    -- Share of length and time whose traffic is known, 0 to 1. Never null.
    rated.known_share,
    -- Collisions usual over the period for such roads; null where too few sections are alike.
    rated.expected as expected_count,
    -- Plain rate, collisions per year and length, kilometres: not for ranking; null where fewer than one is usual,
    -- since chance alone then puts a section first or last, and where too few sections are alike.
    case when rated.expected >= 1 then rated.observed / rated.km_years end as raw_per_km,
    -- Plain rate, collisions per 100 million vehicle kilometres: not for ranking; null likewise, and where traffic is
    -- not known.
    case when rated.expected >= 1 then rated.observed / rated.traffic end as raw_per_100m_vehicle_km,
    -- Empirical Bayes estimate, collisions per year and length, kilometres; null where too few sections are alike.
    rated.estimate / rated.km_years as per_km,
    -- Lower 95 % limit of it; null likewise, and where nothing tells sections apart.
    rated.lower / rated.km_years as per_km_lower,
    -- Upper 95 % limit of it; null likewise.
    rated.upper / rated.km_years as per_km_upper,
    -- Empirical Bayes estimate, collisions per 100 million vehicle kilometres; null likewise, and where traffic is not
    -- known.
    rated.estimate / rated.traffic as per_100m_vehicle_km,
    -- Lower 95 % limit of it; null likewise.
    rated.lower / rated.traffic as per_100m_vehicle_km_lower,
    -- Upper 95 % limit of it; null likewise.
    rated.upper / rated.traffic as per_100m_vehicle_km_upper,
    -- Estimate / expected: 1 is usual; null where too few sections are alike.
    rated.estimate / rated.expected as ratio,
    -- Lower 95 % limit of it; null likewise, and where nothing tells sections apart.
    rated.lower / rated.expected as ratio_lower,
    -- Upper 95 % limit of it; null likewise.
    rated.upper / rated.expected as ratio_upper,
    -- Potential for improvement: estimate less expected, collisions a year; below 0 where fewer than usual; null
    -- where too few sections are alike.
    rated.excess / rated.years as excess_per_year,
    -- Lower 95 % limit of it; null likewise, and where nothing tells sections apart.
    (rated.lower - rated.expected) / rated.years as excess_per_year_lower,
    -- Upper 95 % limit of it; null likewise.
    (rated.upper - rated.expected) / rated.years as excess_per_year_upper,
    -- The same in pounds a year: collisions x the mean value of preventing one at the region's mix of severity.
    rated.excess * rated.pounds as excess_pounds_per_year,
    -- Lower 95 % limit of it, the value taken as known; null likewise.
    (rated.lower - rated.expected) * rated.pounds as excess_pounds_per_year_lower,
    -- Upper 95 % limit of it, the value taken as known; null likewise.
    (rated.upper - rated.expected) * rated.pounds as excess_pounds_per_year_upper,
    -- Year whose prices the pounds are in; null where there is no mix of severity.
    rated.price_year,
    -- Where the values by severity were published; null likewise.
    rated.price_source,
    -- Twice the probability that the section lies on the other side of usual; null where too few sections are alike.
    rated.p,
    -- False-discovery-rate q-value over all sections; null where too few data, and likewise.
    rated.q,
    -- better, similar, worse (than usual for such roads) or too few data; null likewise.
    rated.verdict,
    -- How it was made, and of fatal and serious collisions the series of severity. Never null.
    case
        when rated.expected is null then 'none: too few sections of known traffic, or of unknown, to say what is usual'
        when rated.event <> 'ksi' then 'empirical Bayes, expected by road class and ' || rated.basis
        when rated.is_adjusted
            then 'empirical Bayes, expected by road class and ' || rated.basis || ', adjusted severity'
        else 'empirical Bayes, expected by road class and ' || rated.basis || ', severity as recorded'
    end as method,
    -- Source ids, comma-separated. Never null.
    source.source
from rated
cross join source
