-- One row per area of the basis date that followed others, and span of days in which it was the same ones.
-- key: area_code, last_on
with origin as (
    -- Nothing went where a share is known to be none; a stopgap does not know.
    select * from core.area_crosswalk where basis = 'as_now' and (share > 0 or share_error is null)
),

cut as (
    select to_code, coalesce(valid_from, date '0001-01-01') as cut_on from origin
    union
    select to_code, valid_to + 1 from origin
),

span as (
    select to_code, cut_on as first_on, lead(cut_on) over (partition by to_code order by cut_on) - 1 as last_on
    from cut
)

select
    -- Code of the area on the basis date. Never null.
    span.to_code as area_code,
    -- First day of the span. Never null.
    span.first_on,
    -- Last day of the span. Never null.
    span.last_on,
    -- Areas that had a part of it then. Never null.
    count(*) as origin_count,
    -- Code of the only one, which held all of the area then; null where there were several.
    case when count(*) = 1 then min(origin.from_code) end as only_code
from span
inner join origin
    on span.to_code = origin.to_code
        and span.first_on >= coalesce(origin.valid_from, span.first_on)
        and span.last_on <= origin.valid_to
group by all
