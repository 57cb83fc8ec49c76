-- One row per basis, code that a figure is given under and that has changed, day it is given for, and code that
-- followed it: which part of the one the other has, and which part of the other it is.
-- What the code stood for on that day holds; one that had ended by then, and that no area has now, goes the way of
-- its last area. The other areas that the following one was made of are those of the same day.
-- key: basis, area_code, stated_on, to_code
with figure as (
    select area_code, make_date(year, 1, 1) as stated_on from staging.report_count
    union
    select area_code, period_start from staging.satisfaction_score
    union
    select area_code, surveyed_on from staging.satisfaction_response where area_code is not null
),

in_use as (
    select distinct area_code from staging.area
),

span as (
    select distinct basis, from_code, valid_to from core.area_crosswalk
),

-- Residents of an area as it was: of its land, where it is known, else as given for its code.
former as (
    select
        crosswalk.from_code, crosswalk.valid_to,
        coalesce(max(overlap.from_residents), max(fact.population)) as residents
    from core.area_crosswalk as crosswalk
    left join core.change_overlap as overlap
        on crosswalk.from_code = overlap.from_code and crosswalk.valid_to + 1 = overlap.changed_on
    left join staging.area_fact as fact on crosswalk.from_code = fact.area_code
    group by all
),

meant as (
    select
        span.basis, figure.area_code, figure.stated_on,
        coalesce(
            min(span.valid_to) filter (span.valid_to >= figure.stated_on),
            case when count(in_use.area_code) = 0 then max(span.valid_to) end
        ) as valid_to
    from figure
    inner join span on figure.area_code = span.from_code
    left join in_use on figure.area_code = in_use.area_code
    group by all
),

followed as (
    select
        meant.basis, meant.area_code, meant.stated_on,
        -- A year's figure is given under a code that began in the year, too.
        greatest(least(meant.stated_on, meant.valid_to), crosswalk.valid_from) as meant_on,
        crosswalk.to_code, crosswalk.kind, crosswalk.share, crosswalk.method, former.residents
    from meant
    inner join core.area_crosswalk as crosswalk
        on meant.basis = crosswalk.basis
            and meant.area_code = crosswalk.from_code
            and meant.valid_to = crosswalk.valid_to
    inner join former on meant.area_code = former.from_code and meant.valid_to = former.valid_to
    where crosswalk.share > 0
),

-- Every area of a day that a following one was made of, given a figure or not.
origin as (
    select
        day.basis, day.to_code, day.meant_on, count(*) as origin_count,
        case when bool_and(coalesce(former.residents, 0) > 0) then sum(crosswalk.share * former.residents) end
            as residents
    from (select distinct basis, to_code, meant_on from followed) as day
    inner join core.area_crosswalk as crosswalk
        on day.basis = crosswalk.basis
            and day.to_code = crosswalk.to_code
            and day.meant_on between coalesce(crosswalk.valid_from, day.meant_on) and crosswalk.valid_to
    inner join former using (from_code, valid_to)
    where crosswalk.share > 0
    group by all
)

select
    -- as_now or as_will_be; as_was, codes stay as they are given. Never null.
    followed.basis,
    -- Code as given. Never null.
    followed.area_code,
    -- First day of the period that the figure is for, or the day of an answer. Never null.
    followed.stated_on,
    -- Code that followed it. Never null.
    followed.to_code,
    -- What happened: merged, recoded and so on. Never null.
    followed.kind,
    -- Part of the area as it was that the following one has, above 0 to 1. Never null.
    followed.share,
    -- exact, or how the share was come by. Never null.
    followed.method,
    -- Areas of that day that the following one was made of. Never null.
    origin.origin_count,
    -- Part of the following area that it is, by residents of all these; 1 where it is the only one; null where
    -- their residents are not known.
    case
        when origin.origin_count = 1 then 1
        else followed.share * followed.residents / origin.residents
    end::double as part,
    -- True where the following area is the same, under another code or name: figures hold for it as they are.
    -- Never null.
    origin.origin_count = 1 and followed.share = 1 as is_same
from followed
inner join origin
    on followed.basis = origin.basis and followed.to_code = origin.to_code and followed.meant_on = origin.meant_on
