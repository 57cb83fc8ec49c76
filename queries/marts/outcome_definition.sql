-- One row per outcome: what it asks, in which unit, how it is made, and what to beware of.
-- key: outcome
select
    -- Name of the outcome, as in marts.outcome. Never null.
    definition.outcome,
    -- Title for people. Never null.
    definition.label,
    -- The question it answers. Never null.
    definition.question,
    -- Unit of value. Never null.
    definition.unit,
    -- Which direction is better: lower, higher, or neither, where more is not better or worse in itself. Never null.
    definition.direction,
    -- safety, reliability, satisfaction, condition, responsiveness or value. Never null.
    definition.theme,
    -- How it is made, in words. Never null.
    definition.method,
    -- Fewest events (seen or expected) or people for a verdict. Never null.
    definition.minimum_observations,
    -- What becomes of a value that rests on fewer: suppress, or no verdict. Never null.
    definition.below_minimum,
    -- What it is held against first; the others are in marts.comparison too. Never null.
    definition.comparator,
    -- Decimals to show. Never null.
    definition.decimals,
    -- Where the method comes from. Never null.
    definition.citation,
    -- What would mislead a reader, in words. Never null.
    definition.caveats,
    -- Outcomes that measure what people were asked about, comma-separated; null where none does.
    definition.measured_by
from run.outcome_definition as definition
