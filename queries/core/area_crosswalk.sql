-- One row per basis, former code, span of time and code that followed it: chains of changes followed to their end.
-- as_now ends with the codes in force on the basis date, as_will_be with those after every change announced. All
-- changes of one day happen at once; a chain goes on with the next change of the code it has come to.
-- key: basis, from_code, valid_to, to_code
with recursive change as (
    select basis.basis, change.*
    from core.area_change as change
    cross join (values ('as_now', getvariable('basis_on')), ('as_will_be', date '9999-12-31')) as basis (basis, last_on)
    where change.changed_on <= basis.last_on
),

step as (
    select change.*, min(later.changed_on) as next_on
    from change
    left join change as later
        on change.basis = later.basis and change.to_code = later.from_code and change.changed_on < later.changed_on
    group by all
),

line as (
    select
        basis, from_code, from_name, changed_on as first_on, to_code, to_name, next_on,
        kind as kinds, method, is_share_known, share, share_doubt, 1 as steps
    from step
    union all
    select
        line.basis, line.from_code, line.from_name, line.first_on, step.to_code, step.to_name, step.next_on,
        line.kinds || ', then ' || step.kind,
        case when line.method = 'exact' then step.method else line.method end,
        line.is_share_known and step.is_share_known, line.share * step.share,
        -- Of a product of two shares that are doubted apart.
        sqrt((line.share * step.share_doubt) ** 2 + (step.share * line.share_doubt) ** 2), line.steps + 1
    from line
    inner join step on line.basis = step.basis and line.to_code = step.from_code and line.next_on = step.changed_on
),

ended as (
    select
        basis, from_code, first_on, to_code,
        any_value(from_name order by from_name) as from_name,
        any_value(to_name order by steps desc, to_name asc) as to_name,
        min(kinds) as kind,
        min(method order by method) filter (method <> 'exact') as method,
        bool_and(is_share_known) as is_share_known,
        sum(share order by share, kinds) as share,
        case when count(share_doubt) = count(*) then sqrt(sum(share_doubt ** 2)) end as share_doubt,
        max(steps) as step_count
    from line
    where next_on is null
    group by all
),

known_from as (
    select ended.basis, ended.from_code, ended.first_on, max(before.changed_on) as valid_from
    from ended
    inner join change as before
        on ended.basis = before.basis
            and ended.from_code in (before.from_code, before.to_code)
            and ended.first_on > before.changed_on
    group by all
)

select
    -- as_now or as_will_be; as_was needs no crosswalk. Never null.
    ended.basis,
    -- Code as it was. Never null.
    ended.from_code,
    -- Its name as it was; null if not said.
    ended.from_name,
    -- First day of the code in this meaning; null where no change tells of its beginning.
    known_from.valid_from,
    -- Last day of the code in this meaning. Never null.
    ended.first_on - 1 as valid_to,
    -- Code that followed it. Never null.
    ended.to_code,
    -- Its name; null if not said.
    ended.to_name,
    -- What happened: merged, recoded and so on, one after another where there were several changes. Never null.
    ended.kind,
    -- Part of the area as it was that the following area has, 0 to 1; adds up to 1 over a code and span. Never null.
    case when count(*) over of_code = 1 then 1 else ended.share end as share,
    -- exact, or how the share was come by. Never null.
    case when count(*) over of_code = 1 then 'exact' else coalesce(ended.method, 'exact') end as method,
    -- Standard error of the share for one event, if events are spread as its weight is; divide by the root of their
    -- number. Zero where exact; null where the share is a stopgap.
    case
        when count(*) over of_code = 1 then 0
        when ended.is_share_known then sqrt(greatest(ended.share * (1 - ended.share), 0))
    end as share_error,
    -- Standard error of the share itself, as in core.area_change, along the whole chain; zero where exact; null where
    -- it is not known.
    case when count(*) over of_code = 1 then 0 else ended.share_doubt end as share_doubt,
    -- Changes that lie between the two. Never null.
    ended.step_count
from ended
left join known_from
    on ended.basis = known_from.basis
        and ended.from_code = known_from.from_code
        and ended.first_on = known_from.first_on
window of_code as (partition by ended.basis, ended.from_code, ended.first_on)
