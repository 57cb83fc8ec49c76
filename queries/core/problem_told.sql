-- One row per problem: a section of a numbered road or a small area with more collisions in the long run than usual, or
-- a service outcome in which an authority is worse than its comparator. Each event counts once: what is part of another
-- problem has no rank. Of each theme the greatest 5,000.
-- key: problem
with acting as (
    select
        problem,
        string_agg(party_code, ',' order by party_code) as acting_codes,
        -- Commas part names: Bristol, City of is said the other way about.
        string_agg(regexp_replace(party_name, '^(.*), (.*)$', '\2 \1'), ', ' order by party_code) as acting_names,
        count(*) as acting_count
    from core.problem_acting
    where must_act
    group by all
),

evidence as (
    select problem, string_agg(evidence, '; ' order by evidence) as evidence_missing
    from core.problem_evidence
    group by all
),

closed as (
    select count(*) > 0 as is_closed from raw.source where kind = 'collisions' and publish = 'aggregates'
)

select
    -- Name of the problem: kind and place. Never null.
    found.problem,
    -- section, area or service. Never null.
    found.kind,
    -- Theme of the register of outcomes. Never null.
    found.theme,
    -- Outcome; described in marts.outcome_definition. Never null.
    found.outcome,
    -- Title of the outcome. Never null.
    definition.label,
    -- Name of the place, or of the authority and the service. Never null.
    found.name,
    -- Level of area_code. Never null.
    found.area_level,
    -- Code of the area it lies in, or is. Never null.
    found.area_code,
    -- Code of the authority that holds it; null where none does.
    found.authority_code,
    -- Name of that authority; null likewise.
    authority.area_name as authority_name,
    -- Corridor, as in marts.corridor_section; null where it is no section.
    found.corridor,
    -- Number of the section within the corridor; null likewise.
    found.section,
    -- First day of the period. Never null.
    found.period_start,
    -- Last day of the period. Never null.
    found.period_end,
    -- Years of the period; null for services, whose figures are no sums over time.
    case when found.kind <> 'service' then found.years end as years,
    -- Collisions counted over the period, or people or events that the service's figure rests on; null where not known,
    -- or so few that they may not be shown.
    case
        when
            not closed.is_closed
            or found.kind = 'service'
            or found.observed >= getvariable('small_count_threshold')
            then round(found.observed)::bigint
    end as events,
    -- Collisions usual over the period for such a place, or the comparator's value in value_unit. Never null.
    found.expected,
    -- Collisions a year in the long run (empirical Bayes), or the authority's value in value_unit. Never null.
    found.estimate / found.years as estimate,
    -- Unit of estimate. Never null.
    case when found.kind = 'service' then definition.unit else 'collisions a year' end as value_unit,
    -- Estimate less usual, a year; below 0 where more is better. Never null.
    found.excess,
    -- What one of value_unit is worth, in loss_unit, below 0 where more is better; null where that is not known.
    found.worth,
    -- Loss that could be prevented a year: excess x worth, in loss_unit; null likewise.
    found.loss,
    -- Lower 95 % limit of it, worth and usual taken as known; null likewise.
    found.loss_lower,
    -- Upper 95 % limit of it; null likewise.
    found.loss_upper,
    -- Level of confidence of the limits, 0 to 1. Never null.
    0.95::double as level_of_confidence,
    -- pounds, or standard deviations between authorities (nothing to be added up over outcomes). Never null.
    found.unit as loss_unit,
    -- Year whose prices pounds are in; null for other units.
    found.price_year,
    -- False-discovery-rate q-value of being worse than usual; null where not tested.
    found.q,
    -- True where it is worse than usual at a false discovery rate of 5 %; otherwise it may be chance. Never null.
    found.is_sure,
    -- Place in its theme by loss, 1 the greatest; null for parts of others, and without loss.
    found.rank,
    -- Mean place, given how sure the figures are; null likewise.
    found.expected_rank,
    -- Lower 95 % limit of its place; null likewise.
    found.rank_lower,
    -- Upper 95 % limit of its place; null likewise.
    found.rank_upper,
    -- Probability of being among the first ten of its theme; null likewise.
    found.top_10,
    -- Probability of being among the first fifty of its theme; null likewise.
    found.top_50,
    -- Place among all problems whose loss is in pounds; null for others.
    case
        when found.is_counted and found.unit = 'pounds' and found.loss is not null
            then row_number() over priced
    end as rank_in_pounds,
    -- Place among problems of all themes under the region's weights (marts.priority_weight); null for parts, and where
    -- there is no loss above 0.
    score.rank as rank_overall,
    -- Its share of the loss of its theme x the theme's weight; null likewise.
    score.score,
    -- Share of its events that count here and not with another problem, 0 to 1: 0 for parts. Never null.
    found.counted_share,
    -- The same share of the loss: what may be added up; null where there is no loss.
    found.counted_loss,
    -- Problem that it is part of: most of its events, or its authority's theme, are told there; null for none.
    found.part_of,
    -- Codes of who must act, comma-separated, 'strategic operator' among them; null where nobody is known.
    acting.acting_codes,
    -- Their names, comma-separated; null likewise.
    acting.acting_names,
    -- How many they are. Never null.
    coalesce(acting.acting_count, 0) as acting_count,
    -- What would have to be known to be surer, semicolons between; null where nothing is missing.
    evidence.evidence_missing,
    -- Length of road, kilometres; null where it is no section.
    found.length_km,
    -- Motor vehicles on an average day; null where not known.
    found.flow,
    -- What it is held against: only such places. Never null.
    found.place_kind,
    -- Source ids, comma-separated. Never null.
    found.source
from core.problem as found
inner join run.outcome_definition as definition on found.outcome = definition.outcome
cross join closed
left join core.area as authority
    on authority.area_level = getvariable('authority_level') and found.authority_code = authority.area_code
left join core.priority_rank as score on found.problem = score.problem and score.weights = 'region'
left join acting on found.problem = acting.problem
left join evidence on found.problem = evidence.problem
window priced as (
    partition by found.is_counted and found.unit = 'pounds' and found.loss is not null
    order by found.loss desc, found.problem asc
)
