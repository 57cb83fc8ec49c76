-- One row per set of weights and problem: its place among those of all themes. Under other weights than the region's,
-- problems that are among the first fifty under any, but for those of themes without weight.
-- key: problem, weights
select
    -- Problem, as in marts.problem. Never null.
    problem,
    -- Set of weights: region (as the region file says), equal, twice a theme, or without it. Never null.
    weights,
    -- Its share of the loss of its theme x the theme's weight. Never null.
    score,
    -- Place, 1 the greatest score; equal ones by code. Never null.
    rank,
    -- Places lost, or below 0 won, against the region's weights. Never null.
    moved,
    -- True for the first ten. Never null.
    is_top
from core.priority_rank
