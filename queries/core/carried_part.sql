-- One row per published score and area in force that it says something of: the area itself, one that followed it, or
-- one of another level that shares land with it.
-- key: source, outcome, period_start, period_end, given_code, area_level, area_code
with given as (
    select
        score.source, score.outcome, score.period_start, score.period_end, score.area_code as given_code,
        score.score, case when score.score is not null then score.base end as base,
        coalesce(stated.to_code, score.area_code) as code, stated.to_code is not null as is_changed,
        stated.kind as change, coalesce(stated.share, 1) as share, coalesce(stated.part, 1) as part_known,
        stated.to_code is not null and stated.part is null as is_part_unknown,
        coalesce(stated.origin_count, 1) as origin_count, coalesce(stated.is_same, true) as is_same
    from staging.satisfaction_score as score
    left join core.stated_area as stated
        on stated.basis = getvariable('basis')
            and score.area_code = stated.area_code
            and score.period_start = stated.stated_on
    -- What followed an area is not made up of its parts where it has a score of its own.
    qualify not (is_changed and bool_or(not is_changed) over (
            partition by score.source, score.outcome, score.period_start, score.period_end, code
        ))
),

-- Where residents are not known, those asked tell of how many they speak for, if all areas of the day were asked.
weighed as (
    select
        given.*,
        case
            when not given.is_part_unknown then given.part_known
            when count(given.base) over of_code = given.origin_count and min(given.base) over of_code > 0
                then given.share * given.base / sum(given.share * given.base) over of_code
        end as part
    from given
    window of_code as (
        partition by given.source, given.outcome, given.period_start, given.period_end, given.code
    )
),

reach as (
    select
        area_code, area_level as to_level, area_code as to_code, true as is_itself, 1.0 as share,
        population as residents, area_km2 as shared_km2, 'residents' as method
    from core.area
    where not is_context
    union all
    select
        overlap.area_code, overlap.to_level, overlap.to_code, false, overlap.share, overlap.residents,
        overlap.shared_km2, overlap.method
    from core.area_overlap as overlap
    inner join core.area as area
        on overlap.to_level = area.area_level and overlap.to_code = area.area_code and not area.is_context
    -- One code may be an area of two levels (a unitary authority), which is one area all the same.
    where overlap.area_code <> overlap.to_code
    qualify row_number() over (
            partition by overlap.area_code, overlap.to_level, overlap.to_code order by overlap.area_level
        ) = 1
)

select
    -- Source id; joins to raw.source. Never null.
    weighed.source,
    -- Outcome the score measures. Never null.
    weighed.outcome,
    -- First day of the period. Never null.
    weighed.period_start,
    -- Last day of the period. Never null.
    weighed.period_end,
    -- Code the score was published under. Never null.
    weighed.given_code,
    -- Level of an area in force that it says something of. Never null.
    reach.to_level as area_level,
    -- Code of that area, on the region's basis. Never null.
    reach.to_code as area_code,
    -- Score from 0 (worst) to 100 (best); null where the publisher gave none.
    weighed.score,
    -- People who answered; null where the publisher did not say.
    weighed.base,
    -- True where the score is of this very area, under its code or a former one of the same area. Never null.
    bool_and(weighed.is_same and reach.is_itself) as is_of_it,
    -- What has happened to the area since: recoded, merged and so on; null where nothing has.
    string_agg(distinct weighed.change, '; ' order by weighed.change) as change,
    -- Part of the area the score is of that lies in this one, above 0 to 1, by residents or else by land. Never null.
    least(sum(weighed.share * reach.share), 1) as share,
    -- Residents of both areas; null where not known.
    case when count(weighed.part * reach.residents) = count(*) then sum(weighed.part * reach.residents) end
        as residents,
    -- Land of both, square kilometres, by the same part; null where not known.
    case when count(weighed.part * reach.shared_km2) = count(*) then sum(weighed.part * reach.shared_km2) end
        as shared_km2,
    -- True where areas that were merged count by the people asked in each, their residents not being known. Never null.
    bool_or(weighed.is_part_unknown) as is_by_base,
    -- True where a border that cuts small areas, or land instead of people, decides how much counts. Never null.
    bool_or(reach.method <> 'residents') as is_cut
from weighed
inner join reach on weighed.code = reach.area_code
group by
    weighed.source, weighed.outcome, weighed.period_start, weighed.period_end, weighed.given_code,
    reach.to_level, reach.to_code, weighed.score, weighed.base
