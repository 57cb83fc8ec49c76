-- One row per injury collision, with corrections applied; staging.correction keeps what the source says itself.
-- key: source, collision_id
with correction as (
    select
        about_source as source, about_id as collision_id,
        string_agg(correction_id, ', ' order by correction_id) as corrected_by,
        max(corrected_value) filter (field = 'severity') as severity,
        max(corrected_value) filter (field = 'occurred_on')::date as occurred_on,
        max(corrected_value) filter (field = 'recorded_authority') as recorded_authority,
        max(corrected_value) filter (field = 'road_class') as road_class,
        max(corrected_value) filter (field = 'road_number')::bigint as road_number,
        max(corrected_value) filter (field = 'speed_limit_mph')::bigint as speed_limit_mph,
        max(corrected_value) filter (field = 'location') as place
    from staging.correction
    where is_applied and about_kind = 'collisions'
    group by all
),

collision as (
    select
        raw.* replace (
            coalesce(correction.severity, raw.severity) as severity,
            coalesce(correction.occurred_on, raw.occurred_on) as occurred_on,
            coalesce(correction.recorded_authority, raw.recorded_authority) as recorded_authority,
            coalesce(correction.road_class, raw.road_class) as road_class,
            coalesce(correction.road_number, raw.road_number) as road_number,
            coalesce(correction.speed_limit_mph, raw.speed_limit_mph) as speed_limit_mph,
            -- What was reviewed is known; the file's chance is of the severity it replaces.
            case
                when correction.severity is null then raw.collision_chance_serious
                when raw.collision_chance_serious is not null then (correction.severity <> 'slight')::double
            end as collision_chance_serious,
            case
                when correction.place is null then raw.geom
                else st_setcrs(
                        st_point(easting_of(correction.place), northing_of(correction.place)), getvariable('crs')
                    )
            end as geom
        ),
        correction.corrected_by
    from raw.collision as raw
    left join correction on raw.source = correction.source and raw.collision_id = correction.collision_id
)

select
    -- Source id; joins to raw.source. Never null.
    collision.source,
    -- Publisher's reference of the collision, unique within its source. Never null.
    collision.collision_id,
    -- Local date of the collision. Never null.
    collision.occurred_on,
    -- Local time of the collision; null if not recorded.
    collision.occurred_time,
    -- Worst injury: fatal, serious or slight. Never null.
    collision.severity,
    -- True where someone was killed or seriously injured. Never null.
    collision.severity in ('fatal', 'serious') as is_ksi,
    -- Authority the source says it was in, as written (code or name); null if not said.
    collision.recorded_authority,
    -- Class of the road as recorded: motorway, a, b, c or unclassified; null if not recorded.
    collision.road_class,
    -- Number of the road as recorded (61 of the A61); null where unnumbered or not recorded.
    collision.road_number,
    -- Class of the other road at a junction, as recorded; null where there is none or it is not recorded.
    collision.second_road_class,
    -- Number of the other road at a junction, as recorded; null where unnumbered or not recorded.
    collision.second_road_number,
    -- True where it was recorded as at a junction or within 20 metres of one; null if that was not recorded.
    collision.junction_detail <> '0' and lower(collision.junction_detail) not like 'not at%' as is_at_junction,
    -- Kind of junction within 20 metres: not at a junction, roundabout, t junction, crossroads, more arms, slip road,
    -- private drive or other junction; null if not recorded, or in words not known here.
    case
        when collision.junction_detail = '0' or lower(collision.junction_detail) like 'not at%' then 'not at a junction'
        when collision.junction_detail in ('7', '17') or lower(collision.junction_detail) like '%arms%' then 'more arms'
        when collision.junction_detail in ('1', '2') or lower(collision.junction_detail) like '%roundabout%'
            then 'roundabout'
        when collision.junction_detail in ('3', '13') or lower(collision.junction_detail) like '%staggered%'
            then 't junction'
        when collision.junction_detail in ('6', '16') or lower(collision.junction_detail) like 'cross%roads'
            then 'crossroads'
        when collision.junction_detail = '5' or lower(collision.junction_detail) = 'slip road' then 'slip road'
        when collision.junction_detail in ('8', '18') or lower(collision.junction_detail) like '%private drive%'
            then 'private drive'
        when collision.junction_detail in ('9', '19') or lower(collision.junction_detail) like '%other junction%'
            then 'other junction'
    end as junction,
    -- Light: daylight; dark, lights lit; dark, no light; or dark, lighting not known. Null if not recorded.
    collision.light,
    -- Road surface: dry, wet, snow, ice, flood, oil or mud; null if not recorded.
    collision.surface,
    -- Weather: fine, rain, snow, fog or other; null if not recorded.
    collision.weather,
    -- Kind of carriageway: roundabout, one way street, dual carriageway, single carriageway, slip road, or one way
    -- street or slip road; null if not recorded.
    collision.road_type,
    -- Chance, 0 to 1, that someone was killed or seriously injured, had injuries been asked for everywhere as they are
    -- now: 1 where fatal, else the adjusted severity the file gives. Null where it gives none.
    case when collision.severity = 'fatal' then 1 else collision.collision_chance_serious end as ksi_chance,
    -- Speed limit, miles an hour; null if not recorded.
    collision.speed_limit_mph,
    -- Vehicles involved, as recorded; null if not.
    collision.vehicle_count,
    -- People hurt, as recorded; null if not.
    collision.casualty_count,
    -- The point, working CRS, metres; null where the file gave no usable coordinates.
    collision.geom,
    -- Corrections applied to it, comma-separated; null where it is as its source says.
    collision.corrected_by
from collision
