-- One row per basis, source, area and year: citizen reports counted by the publisher, under the codes of the basis.
-- A code that has ended passes its reports on to those that followed it, by their shares of it. What a code stood
-- for on 1 January holds for the year; a figure under a code that had ended by then goes the way of its last area.
-- key: basis, source, area_code, year
with figure as (
    select given.*, area.area_code is not null as is_in_use
    from staging.report_count as given
    left join (select distinct area_code from staging.area) as area on given.area_code = area.area_code
),

span as (
    select distinct basis, from_code, valid_to from core.area_crosswalk
),

meant as (
    select
        basis.basis, figure.source, figure.area_code, figure.year, figure.report_count,
        coalesce(
            min(span.valid_to) filter (span.valid_to >= make_date(figure.year, 1, 1)),
            case when not bool_or(figure.is_in_use) then max(span.valid_to) end
        ) as valid_to
    from figure
    cross join (values ('as_was'), ('as_now'), ('as_will_be')) as basis (basis)
    left join span on basis.basis = span.basis and figure.area_code = span.from_code
    group by all
),

passed_on as (
    select
        meant.basis, meant.source, meant.year, meant.area_code as given_code,
        coalesce(crosswalk.to_code, meant.area_code) as area_code,
        meant.report_count * coalesce(crosswalk.share, 1) as report_count
    from meant
    left join core.area_crosswalk as crosswalk
        on meant.basis = crosswalk.basis
            and meant.area_code = crosswalk.from_code
            and meant.valid_to = crosswalk.valid_to
)

select
    -- as_was, as_now or as_will_be. Never null.
    passed_on.basis,
    -- Source id; joins to raw.source. Never null.
    passed_on.source,
    -- Code of the area on that basis. Never null.
    passed_on.area_code,
    -- Calendar year. Never null.
    passed_on.year,
    -- Reports made in the year; a fraction where an area was split. Never null.
    sum(passed_on.report_count order by passed_on.given_code) as report_total
from passed_on
group by passed_on.basis, passed_on.source, passed_on.area_code, passed_on.year
