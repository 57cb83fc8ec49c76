-- Shared by models; settings of the region file are variables: getvariable('buffer_m') and so on.

-- Column or row of the placement grid's cell that a coordinate falls in.
-- Not x // side: on doubles that is true division in DuckDB.
create or replace macro cell_of(coordinate) as floor(coordinate / getvariable('cell_m'))::integer;

-- First day of a period as published: 2024, 2019-22, 2019-2022, 2019/20; null if it is none of these.
create or replace macro period_start_of(period) as
case when regexp_full_match(period, '\d{4}([-/](\d{2}|\d{4}))?') then make_date(period[1:4]::bigint, 1, 1) end;

-- Last day of a period as published; null if not understood.
create or replace macro period_end_of(period) as
case
    when regexp_full_match(period, '\d{4}') then make_date(period::bigint, 12, 31)
    when regexp_full_match(period, '\d{4}[-/]\d{2}') then make_date((period[1:2] || period[6:7])::bigint, 12, 31)
    when regexp_full_match(period, '\d{4}[-/]\d{4}') then make_date(period[6:9]::bigint, 12, 31)
end;
