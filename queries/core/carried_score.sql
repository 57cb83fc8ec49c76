-- One row per source, outcome, period and area that only scores of other areas speak of: their weighted mean, or why
-- there is none. Errors of areas count as independent. A score of an area that lies only in part in this one is taken
-- to hold for that part; it may be off as areas differ, which adds their variance by the part outside. Where weights
-- are not of residents, each may be off by as much again, which adds the square of what it contributes.
-- key: source, outcome, period_start, period_end, area_level, area_code
with spread as (
    select source, outcome, period_start, period_end, var_samp(score) as variance
    from staging.satisfaction_score
    group by all
),

of_it as (
    select * from core.carried_part where is_of_it and score is not null
),

candidate as (
    select
        given.*, spread.variance,
        bool_and(given.residents is not null and area.population > 0) over of_area as is_by_residents,
        given.residents / nullif(area.population, 0) as part_of_people,
        given.shared_km2 / area.area_km2 as part_of_land,
        -- Two successes and two failures added, as for a score of its own (Agresti and Coull 1998).
        (given.score / 100 * given.base + 2) / (given.base + 4) as rate
    from core.carried_part as given
    anti join of_it using (source, outcome, period_start, period_end, area_level, area_code)
    inner join spread using (source, outcome, period_start, period_end)
    inner join core.area as area on given.area_level = area.area_level and given.area_code = area.area_code
    where given.score is not null
    window of_area as (
        partition by
            given.source, given.outcome, given.period_start, given.period_end, given.area_level, given.area_code
    )
),

parted as (
    select *, case when is_by_residents then part_of_people else part_of_land end as part from candidate
),

weighed as (
    select
        *,
        part / sum(part) over of_area as weight,
        sum(part * score) over of_area / sum(part) over of_area as mean
    from parted
    window of_area as (partition by source, outcome, period_start, period_end, area_level, area_code)
),

summed as (
    select
        source, outcome, period_start, period_end, area_level, area_code,
        count(*) as part_count, count(part) = count(*) as is_weighed,
        bool_and(is_by_residents) as by_residents, bool_or(is_by_base) as by_base, bool_or(is_cut) as any_cut,
        string_agg(distinct change, '; ' order by change) as changes,
        least(sum(part), 1) as coverage, sum(weight * share) as fit, any_value(mean) as combined,
        case when count(base) = count(*) then round(sum(base * share))::bigint end as asked,
        case
            when min(base) > 0 and count(base) = count(*)
                then sum(weight ** 2 * 1e4 * rate * (1 - rate) / (base + 4))
        end as sampling,
        case when min(share) >= 1 then 0 else sum(weight ** 2 * (1 - share) * variance) end as straddling,
        case
            when bool_and(is_by_residents and not is_by_base) then 0
            else sum(weight ** 2 * (score - mean) ** 2)
        end as weighing
    from weighed
    group by all
),

judged as (
    select
        *,
        case
            when not is_weighed then 'neither residents nor the people asked are known for all areas it was formed of'
            when fit < least_carried_share() then 'scores are of larger areas, and would invent detail'
            when coverage < least_carried_share() then 'scores are of too small a part of it'
        end as not_computable
    from summed
)

select
    -- Source id; joins to raw.source. Never null.
    judged.source,
    -- Outcome the scores measure. Never null.
    judged.outcome,
    -- First day of the period. Never null.
    judged.period_start,
    -- Last day of the period. Never null.
    judged.period_end,
    -- Area level, as named in the region file. Never null.
    judged.area_level,
    -- Code of the area, on the region's basis. Never null.
    judged.area_code,
    -- Scores that speak of it. Never null.
    judged.part_count,
    -- Part of it they speak for, 0 to 1, by residents or else by land; null where no weights are known.
    judged.coverage,
    -- Part of the areas they are of that lies in it, weighed as the scores are, 0 to 1; null likewise.
    judged.fit,
    -- Weighted mean, 0 (worst) to 100 (best); null where not computable.
    case when judged.not_computable is null then judged.combined end as score,
    -- People who answered, of a straddling area its part of them; null where a publisher did not say.
    judged.asked as base,
    -- Standard error, points: of sampling, of straddling areas and of the weights; null where one is not known.
    case when judged.not_computable is null then sqrt(judged.sampling + judged.straddling + judged.weighing) end
        as standard_error,
    -- What the standard error holds, or why there is none. Never null.
    case
        when judged.sampling + judged.straddling + judged.weighing is null then 'unknown'
        else concat_ws(
                ', ', 'combined standard errors (normal)',
                case when judged.straddling > 0 then 'with the difference between areas' end,
                case when judged.weighing > 0 then 'with doubt of the weights' end
            )
    end as uncertainty_kind,
    -- How it was made, with what is taken for granted. Never null.
    concat_ws(
        ', ',
        'mean of ' || judged.part_count || ' published score' || case when judged.part_count > 1 then 's' else '' end
        || coalesce(' of former areas (' || judged.changes || ')', ' of other areas'),
        'weighted by ' || case
            when judged.by_base then 'people asked'
            when not judged.by_residents then 'land'
            when judged.any_cut then 'residents of small areas'
            else 'residents'
        end,
        case when judged.coverage < 0.995 then 'for ' || round(100 * judged.coverage)::integer || ' % of it' end,
        case when judged.fit < 0.995 then 'each taken to hold throughout its area' end
    ) as method,
    -- Why there is no score; null where there is one.
    judged.not_computable
from judged
