-- One row per problem: a section of a numbered road or a small area with more collisions in the long run than usual,
-- or a service outcome in which an authority is worse than its comparator. Each event counts once: what is part of
-- another problem has no rank. Of each theme the greatest 5,000.
-- key: problem
select
    -- Name of the problem: kind and place. Never null.
    problem,
    -- section, area or service. Never null.
    kind,
    -- Theme of the register of outcomes. Never null.
    theme,
    -- Outcome; described in marts.outcome_definition. Never null.
    outcome,
    -- Title of the outcome. Never null.
    label,
    -- Name of the place, or of the authority and the service. Never null.
    name,
    -- Level of area_code. Never null.
    area_level,
    -- Code of the area it lies in, or is. Never null.
    area_code,
    -- Code of the authority that holds it; null where none does.
    authority_code,
    -- Name of that authority; null likewise.
    authority_name,
    -- Corridor, as in marts.corridor_section; null where it is no section.
    corridor,
    -- Number of the section within the corridor; null likewise.
    section,
    -- First day of the period. Never null.
    period_start,
    -- Last day of the period. Never null.
    period_end,
    -- Years of the period; null for services, whose figures are no sums over time.
    years,
    -- Collisions counted over the period, or people or events that the service's figure rests on; null where not
    -- known, or so few that they may not be shown.
    events,
    -- Collisions usual over the period for such a place, or the comparator's value in value_unit. Never null.
    expected,
    -- Collisions a year in the long run (empirical Bayes), or the authority's value in value_unit. Never null.
    estimate,
    -- Unit of estimate. Never null.
    value_unit,
    -- Estimate less usual, a year; below 0 where more is better. Never null.
    excess,
    -- What one of value_unit is worth, in loss_unit, below 0 where more is better; null where that is not known.
    worth,
    -- Loss that could be prevented a year: excess x worth, in loss_unit; null likewise.
    loss,
    -- Lower 95 % limit of it, worth and usual taken as known; null likewise.
    loss_lower,
    -- Upper 95 % limit of it; null likewise.
    loss_upper,
    -- Level of confidence of the limits, 0 to 1. Never null.
    level_of_confidence,
    -- pounds, or standard deviations between authorities (nothing to be added up over outcomes). Never null.
    loss_unit,
    -- Year whose prices pounds are in; null for other units.
    price_year,
    -- False-discovery-rate q-value of being worse than usual; null where not tested.
    q,
    -- True where it is worse than usual at a false discovery rate of 5 %; otherwise it may be chance. Never null.
    is_sure,
    -- Place in its theme by loss, 1 the greatest; null for parts of others, and without loss.
    rank,
    -- Mean place, given how sure the figures are; null likewise.
    expected_rank,
    -- Lower 95 % limit of its place; null likewise.
    rank_lower,
    -- Upper 95 % limit of its place; null likewise.
    rank_upper,
    -- Probability of being among the first ten of its theme; null likewise.
    top_10,
    -- Probability of being among the first fifty of its theme; null likewise.
    top_50,
    -- Place among all problems whose loss is in pounds; null for others.
    rank_in_pounds,
    -- Place among problems of all themes under the region's weights (marts.priority_weight); null for parts, and where
    -- there is no loss above 0.
    rank_overall,
    -- Its share of the loss of its theme x the theme's weight; null likewise.
    score,
    -- Share of its events that count here and not with another problem, 0 to 1: 0 for parts. Never null.
    counted_share,
    -- The same share of the loss: what may be added up; null where there is no loss.
    counted_loss,
    -- Problem that it is part of: most of its events, or its authority's theme, are told there; null for none.
    part_of,
    -- Codes of who must act, comma-separated, 'strategic operator' among them; null where nobody is known.
    acting_codes,
    -- Their names, comma-separated; null likewise.
    acting_names,
    -- How many they are. Never null.
    acting_count,
    -- What would have to be known to be surer, semicolons between; null where nothing is missing.
    evidence_missing,
    -- Length of road, kilometres; null where it is no section.
    length_km,
    -- Motor vehicles on an average day; null where not known.
    flow,
    -- What it is held against: only such places. Never null.
    place_kind,
    -- Source ids, comma-separated. Never null.
    source
from core.problem_told
