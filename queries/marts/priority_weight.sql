-- One row per set of weights and theme: what the loss of a theme counts for.
-- key: weights, theme
select
    -- Set of weights: region (as the region file says), equal, twice a theme, or without it. Never null.
    weights,
    -- Theme of the register of outcomes. Never null.
    theme,
    -- What removing all of its loss would be worth. Never null.
    weight
from core.priority_weight
