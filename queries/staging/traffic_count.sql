-- One row per count point and year: the average daily flow of traffic there.
-- key: source, count_point_id, year
with named as (
    select *, upper(replace(road_name, ' ', '')) as road from raw.traffic_count
)

select
    -- Source id; joins to raw.source. Never null.
    named.source,
    -- Publisher's reference of the point. Never null.
    named.count_point_id,
    -- Calendar year. Never null.
    named.year,
    -- Authority the source says the point is in, as written (code or name); null if not said.
    named.recorded_authority,
    -- Number of its road with the letter (A61); null where the road has none, or it is not said.
    case when regexp_full_match(named.road, '[ABM]\d{1,4}(\(M\))?') then named.road end as road_number,
    -- True on a road with a number, false on one without; null where the file does not say which road.
    case
        when regexp_full_match(named.road, '[ABM]\d{1,4}(\(M\))?') then true
        when regexp_full_match(named.road, '[CU]\d*') then false
        -- Unnumbered roads by category, in files of before and after 2018.
        when upper(named.road_category) in ('MCU', 'CR', 'CU', 'UR', 'UU') then false
    end as is_numbered,
    -- Length of the stretch of road that the flow is given for, kilometres; null where it is given for the point alone.
    named.link_length_km as stretch_km,
    -- True where it was counted there in that year, false where estimated from other years or places; null if not said.
    named.estimation_method = 'counted' as is_counted,
    -- Motor vehicles on an average day of the year, both directions together. Never null.
    named.all_motor_vehicles as aadf,
    -- Pedal cycles on an average day, not among the motor vehicles; null if not counted.
    named.pedal_cycles as cycle_aadf,
    -- Heavy goods vehicles on an average day, among the motor vehicles; null if not counted.
    named.all_hgvs as hgv_aadf,
    -- The point, working CRS, metres; null where the file gave no usable coordinates.
    named.geom
from named
