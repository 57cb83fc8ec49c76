-- Shared by models; settings of the region file are variables: getvariable('buffer_m') and so on.

-- Column or row of the placement grid's cell that a coordinate falls in.
-- Not x // side: on doubles that is true division in DuckDB.
create or replace macro cell_of(coordinate) as floor(coordinate / getvariable('cell_m'))::integer;

-- Last year of a period as published: 2024, 2019-22, 2019-2022, 2019/20, 1999-00; null if it is none of these,
-- or would end before it begins (2024-03 is a month, not a span of years).
create or replace macro last_year_of(period) as
case
    when regexp_full_match(period, '\d{4}') then period::bigint
    when regexp_full_match(period, '\d{4}[-/]\d{2}') and period[6:7] > period[3:4]
        then (period[1:2] || period[6:7])::bigint
    when regexp_full_match(period, '\d{2}99[-/]00') then period[1:4]::bigint + 1
    when regexp_full_match(period, '\d{4}[-/]\d{4}') and period[6:9] >= period[1:4] then period[6:9]::bigint
end;

-- First day of a period as published; null if not understood.
create or replace macro period_start_of(period) as
case when last_year_of(period) is not null then make_date(period[1:4]::bigint, 1, 1) end;

-- Last day of a period as published; null if not understood.
create or replace macro period_end_of(period) as make_date(last_year_of(period), 12, 31);

-- A candidate link as one integer, the smaller the better: grade (0 to 3), distance in micrometres (below 1,074 m),
-- place of the link in the order of references (below 2 thousand million). One integer, so that
-- the 34 million candidates of a national history fold into a few numbers for each incident.
create or replace macro snap_rank(grade, distance_m, link_order) as
(grade::bigint << 61) | (round(distance_m * 1e6)::bigint << 31) | link_order::bigint;

-- Grade of a snap_rank.
create or replace macro rank_grade(snap_rank) as snap_rank >> 61;

-- Distance of a snap_rank, metres.
create or replace macro rank_distance_m(snap_rank) as ((snap_rank >> 31) & 1073741823) / 1e6;

-- Place of the link of a snap_rank.
create or replace macro rank_order(snap_rank) as snap_rank & 2147483647;

-- How near a junction counts as at it, metres: what police are told to record as such (STATS20, junction detail).
create or replace macro junction_m() as 20;

-- Part of an area's people that scores of other areas must speak for to be carried to it, and part of those areas
-- (weighed as the scores are) that must lie in it: else the score would be of too little, or of something larger.
create or replace macro least_carried_share() as 0.8;

-- First day of a period of road condition as published: financial years (2020-21 is one, 2019-21 two), a calendar year
-- (2024), or the year that ends with a month (2025-03, which no span of years can be); null if not understood.
create or replace macro surveyed_from(period) as
case
    when last_year_of(period) > try_cast(period[1:4] as bigint) then make_date(period[1:4]::bigint, 4, 1)
    when last_year_of(period) is not null then make_date(period[1:4]::bigint, 1, 1)
    when regexp_full_match(period, '\d{4}-(0[1-9]|1[0-2])')
        then (make_date(period[1:4]::bigint - 1, period[6:7]::bigint, 1) + interval 1 month)::date
end;

-- Last day of such a period; null if not understood.
create or replace macro surveyed_to(period) as
case
    when last_year_of(period) > try_cast(period[1:4] as bigint) then make_date(last_year_of(period), 3, 31)
    when last_year_of(period) is not null then make_date(last_year_of(period), 12, 31)
    when regexp_full_match(period, '\d{4}-(0[1-9]|1[0-2])')
        then last_day(make_date(period[1:4]::bigint, period[6:7]::bigint, 1))
end;

-- Series that a figure from one day to another belongs to, by the days from which things are measured in another way;
-- null where there are none. A figure across such a day belongs to neither series.
create or replace macro series_of(breaks, first_on, last_on) as
case
    when coalesce(len(breaks), 0) = 0 then null
    when len(list_filter(breaks, lambda b: b > first_on and b <= last_on)) > 0
        then 'across ' || list_min(list_filter(breaks, lambda b: b > first_on and b <= last_on))
    when len(list_filter(breaks, lambda b: b <= first_on)) > 0
        then 'from ' || list_max(list_filter(breaks, lambda b: b <= first_on))
    else 'before ' || list_min(breaks)
end;

-- A name as names are compared: lower case, no accents, words apart by one blank, & as and. Nothing else is changed:
-- who drops 'Council' or 'City of' has begun to guess.
create or replace macro plain_name(given) as
trim(regexp_replace(replace(lower(strip_accents(given)), '&', ' and '), '[^a-z0-9]+', ' ', 'g'));

-- Who a supplier is: its reference where it has one, or else its plain name, Limited being Ltd.
create or replace macro supplier_key_of(supplier_id, supplier_name) as
coalesce(supplier_id, regexp_replace(plain_name(supplier_name), '\blimited\b', 'ltd', 'g'));

-- Does a code of the Common Procurement Vocabulary (2008) name works or services on roads? Road works, repair of roads
-- and their equipment, street cleaning, clearing of snow and ice, road-marking and road equipment, road materials.
create or replace macro is_road_cpv(cpv) as
regexp_matches(cpv, '^(45233|5023|9061|9062|9063|34922|34928|44113)');

-- Text as it was before an export put an apostrophe in front, so that a spreadsheet takes it for no formula.
create or replace macro as_written(given) as regexp_replace(given, '^''([=+@\t\r-])', '\1');

-- A point as corrections write places: easting and northing to the decimetre, metres; null for none.
create or replace macro place_text(point) as format('{:.1f} {:.1f}', st_x(point), st_y(point));

-- Easting of a place so written; null if it is none.
create or replace macro easting_of(given) as
try_cast(regexp_extract(given, '^\s*(-?\d+(\.\d+)?)[\s,;]+-?\d+(\.\d+)?\s*$', 1) as double);

-- Northing of it; null likewise.
create or replace macro northing_of(given) as
try_cast(regexp_extract(given, '^\s*-?\d+(\.\d+)?[\s,;]+(-?\d+(\.\d+)?)\s*$', 2) as double);

-- Do two texts say the same: as words, as numbers, as moments, or as places within a metre of each other?
create or replace macro says_same(given, other) as
lower(trim(given)) = lower(trim(other))
or coalesce(try_cast(given as double) = try_cast(other as double), false)
or coalesce(try_cast(given as timestamp) = try_cast(other as timestamp), false)
or coalesce(
    abs(easting_of(given) - easting_of(other)) <= 1 and abs(northing_of(given) - northing_of(other)) <= 1, false
);
