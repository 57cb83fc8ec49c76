-- One row per satisfaction outcome and section of a corridor: the score of those who live within a kilometre of it.
-- Of the finest level with scores there; of its latest year.
-- key: outcome, corridor, section
with latest as (
    select score.*
    from core.small_area_score as score
    inner join raw.level as level on score.area_level = level.area_level
    where score.kind in ('eblup', 'synthetic')
    qualify dense_rank() over (partition by score.outcome order by level.position desc, score.period_start desc) = 1
),

place as (
    -- Points along the road stand for it: parts are at most 250 metres long.
    select distinct piece.corridor, piece.section, st_point(part.x, part.y) as geom
    from core.road_part as part
    inner join core.corridor_piece as piece
        on part.source = piece.source
            and part.link_id = piece.link_id
            and part.from_m + part.length_m / 2 >= piece.from_m
            and part.from_m + part.length_m / 2 < piece.to_m
    where piece.role = 'reference'
),

scored as (
    select area.area_level, area.area_code, area.geom
    from core.area as area
    inner join (select distinct area_level, area_code from latest) as known
        on area.area_level = known.area_level and area.area_code = known.area_code
),

near as (
    select place.corridor, place.section, scored.area_level, scored.area_code
    from place
    inner join scored on st_dwithin(scored.geom, place.geom, 1000)
),

told as (
    select distinct
        latest.outcome, near.corridor, near.section, near.area_level, latest.area_code, latest.period_start,
        latest.period_end, latest.value, latest.standard_error, latest.base, area.population
    from near
    inner join latest on near.area_level = latest.area_level and near.area_code = latest.area_code
    inner join core.area as area on near.area_level = area.area_level and near.area_code = area.area_code
    where area.population > 0
)

select
    -- Outcome; described in marts.outcome_definition. Never null.
    told.outcome,
    -- Corridor: road number and part (A61/1). Never null.
    told.corridor,
    -- Number of the section within the corridor. Never null.
    told.section,
    -- Level of the areas. Never null.
    any_value(told.area_level) as area_level,
    -- First day of the year. Never null.
    any_value(told.period_start) as period_start,
    -- Last day of the year. Never null.
    any_value(told.period_end) as period_end,
    -- Mean score, 0 (worst) to 100 (best), weighted by residents of the areas. Never null.
    sum(told.value * told.population order by told.area_code) / sum(told.population) as value,
    -- Its standard error, points, errors of areas taken as one and the same: they share a prediction. Never null.
    sum(told.standard_error * told.population order by told.area_code) / sum(told.population) as standard_error,
    -- Residents of the areas. Never null.
    sum(told.population) as population,
    -- Areas within a kilometre. Never null.
    count(*) as area_count,
    -- People who answered in them. Never null.
    sum(told.base)::bigint as base
from told
group by told.outcome, told.corridor, told.section
