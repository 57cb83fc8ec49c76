"""The columns of the published STATS19 files 2020-24, in their order, and the numbers they are coded with."""

MISSING = -1

COLLISION_COLUMNS = (
    "collision_index",
    "collision_year",
    "collision_ref_no",
    "location_easting_osgr",
    "location_northing_osgr",
    "longitude",
    "latitude",
    "police_force",
    "collision_severity",
    "number_of_vehicles",
    "number_of_casualties",
    "date",
    "day_of_week",
    "time",
    "local_authority_district",
    "local_authority_ons_district",
    "local_authority_highway",
    "local_authority_highway_current",
    "first_road_class",
    "first_road_number",
    "road_type",
    "speed_limit",
    "junction_detail_historic",
    "junction_detail",
    "junction_control",
    "second_road_class",
    "second_road_number",
    "pedestrian_crossing_human_control_historic",
    "pedestrian_crossing_physical_facilities_historic",
    "pedestrian_crossing",
    "light_conditions",
    "weather_conditions",
    "road_surface_conditions",
    "special_conditions_at_site",
    "carriageway_hazards_historic",
    "carriageway_hazards",
    "urban_or_rural_area",
    "did_police_officer_attend_scene_of_accident",
    "trunk_road_flag",
    "lsoa_of_accident_location",
    "enhanced_severity_collision",
    "collision_injury_based",
    "collision_adjusted_severity_serious",
    "collision_adjusted_severity_slight",
)
CASUALTY_COLUMNS = (
    "collision_index",
    "collision_year",
    "collision_ref_no",
    "vehicle_reference",
    "casualty_reference",
    "casualty_class",
    "sex_of_casualty",
    "age_of_casualty",
    "age_band_of_casualty",
    "casualty_severity",
    "pedestrian_location",
    "pedestrian_movement",
    "car_passenger",
    "bus_or_coach_passenger",
    "pedestrian_road_maintenance_worker",
    "casualty_type",
    "casualty_imd_decile",
    "lsoa_of_casualty",
    "enhanced_casualty_severity",
    "casualty_injury_based",
    "casualty_adjusted_severity_serious",
    "casualty_adjusted_severity_slight",
    "casualty_distance_banding",
)
VEHICLE_COLUMNS = (
    "collision_index",
    "collision_year",
    "collision_ref_no",
    "vehicle_reference",
    "vehicle_type",
    "towing_and_articulation",
    "vehicle_manoeuvre_historic",
    "vehicle_manoeuvre",
    "vehicle_direction_from",
    "vehicle_direction_to",
    "vehicle_location_restricted_lane_historic",
    "vehicle_location_restricted_lane",
    "junction_location",
    "skidding_and_overturning",
    "hit_object_in_carriageway",
    "vehicle_leaving_carriageway",
    "hit_object_off_carriageway",
    "first_point_of_impact",
    "vehicle_left_hand_drive",
    "journey_purpose_of_driver_historic",
    "journey_purpose_of_driver",
    "sex_of_driver",
    "age_of_driver",
    "age_band_of_driver",
    "engine_capacity_cc",
    "propulsion_code",
    "age_of_vehicle",
    "generic_make_model",
    "driver_imd_decile",
    "lsoa_of_driver",
    "escooter_flag",
    "driver_distance_banding",
)

FATAL, SERIOUS, SLIGHT = 1, 2, 3

# Road classes of the sample, best first: motorway 1, A 3, B 4, C 5, unclassified 6.
FIRST_ROAD_CLASS = (1, 3, 4, 5, 6, 6)
ROUNDABOUT, ONE_CARRIAGEWAY, TWO_CARRIAGEWAYS = 1, 6, 3
NOT_AT_JUNCTION, AT_ROUNDABOUT, AT_T_JUNCTION, AT_CROSSROADS = 0, 1, 3, 6
DAYLIGHT, DARK_LIT, DARK_UNLIT = 1, 4, 6
URBAN, RURAL = 1, 2

# Pedestrian, cyclist, motorcyclist over 500cc, car, bus, van occupant; and their vehicles' types.
PEDESTRIAN, CYCLIST, MOTORCYCLIST, CAR, BUS, VAN = 0, 1, 5, 9, 11, 19
ROAD_USERS = (PEDESTRIAN, CYCLIST, MOTORCYCLIST, CAR, BUS, VAN)
HOUR_WEIGHTS = (17, 12, 9, 8, 7, 9, 18, 42, 68, 46, 43, 48, 55, 57, 64, 82, 88, 94, 77, 58, 42, 33, 31, 23)
WEEKDAY_WEIGHTS = (1.02, 1.04, 1.04, 1.06, 1.15, 0.92, 0.77)
MONTH_WEIGHTS = (0.96, 0.92, 0.93, 0.92, 0.99, 1.02, 1.04, 1.0, 1.06, 1.07, 1.09, 1.0)
# First age of each age band; bands are numbered from 1.
AGE_BAND_STARTS = (0, 6, 11, 16, 21, 26, 36, 46, 56, 66, 76)
