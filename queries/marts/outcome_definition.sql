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
    -- Which direction is better: lower or higher. Never null.
    definition.direction,
    -- safety, reliability, satisfaction, condition, responsiveness or value. Never null.
    definition.theme,
    -- How it is made, in words. Never null.
    definition.method,
    -- Fewest events (seen or expected) or people for a verdict; scores below it are suppressed. Never null.
    definition.minimum_observations,
    -- Decimals to show. Never null.
    definition.decimals,
    -- Where the method comes from. Never null.
    definition.citation,
    -- What would mislead a reader, in words. Never null.
    definition.caveats
from run.outcome_definition as definition
