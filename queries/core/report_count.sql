-- One row per basis, source, area and year: citizen reports counted by the publisher, under the codes of the basis.
-- A code that has ended passes its reports on to those that followed it, by their shares of it. What a code stood
-- for on 1 January holds for the year; a figure under a code that had ended by then goes the way of its last area.
-- key: basis, source, area_code, year
with passed_on as (
    select
        basis.basis, figure.source, figure.year, figure.area_code as given_code,
        coalesce(stated.to_code, figure.area_code) as area_code,
        figure.report_count * coalesce(stated.share, 1) as report_count
    from staging.report_count as figure
    cross join (values ('as_was'), ('as_now'), ('as_will_be')) as basis (basis)
    left join core.stated_area as stated
        on basis.basis = stated.basis
            and figure.area_code = stated.area_code
            and make_date(figure.year, 1, 1) = stated.stated_on
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
