-- One row per outcome, area and unbroken series of yearly estimates: whether it is getting better, with a test.
-- A series ends where the way of measuring changed; no trend crosses that.
-- key: outcome, area_level, area_code, series
select
    -- Outcome; described in marts.outcome_definition. Never null.
    trend.outcome,
    -- Area level, as in marts.area_level. Never null.
    trend.area_level,
    -- Code of the area, as in marts.area. Never null.
    trend.area_code,
    -- Which way of measuring, as in marts.outcome; whole where there was but one. Never null.
    trend.series,
    -- Years with an estimate that takes part. Never null.
    trend.points,
    -- First day of the first year. Never null.
    trend.first_on,
    -- Last day of the last year. Never null.
    trend.last_on,
    -- Change a year, in change_unit; null where there is no trend.
    trend.change_per_year,
    -- Lower 95 % limit of the change, same unit; null where there is no trend.
    trend.lower,
    -- Upper 95 % limit of the change, same unit; null where there is no trend.
    trend.upper,
    -- "share of the value a year" (-0.03 is three in a hundred fewer each year) or "unit of the outcome a year".
    -- Never null.
    trend.change_unit,
    -- Two-sided p-value that there is no change; null where there is no trend.
    trend.p,
    -- False-discovery-rate q-value over all series of the outcome and level; null where there is no trend.
    trend.q,
    -- improving or worsening (q below 0.05), no clear change, not judged, or too few data. Never null.
    trend.verdict,
    -- Scatter about the trend, as times what chance explains; null where there is no trend.
    trend.dispersion,
    -- Degrees of freedom of that scatter, of all areas of the outcome and level; null where there is no trend.
    trend.degrees_of_freedom,
    -- Why there is no trend; null where there is one.
    trend.reason
from core.trend as trend
