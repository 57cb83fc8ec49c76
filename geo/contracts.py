"""The contracts: what collisions, casualties, reports, scores and the like must say, declared as data."""

from collections.abc import Mapping
from dataclasses import replace

from geo.contract import MISSING, Contract, Field
from geo.correction_contracts import CORRECTION_CONTRACTS
from geo.service_contracts import SERVICE_CONTRACTS
from geo.stats19_codes import CASUALTY_CLASS, LIGHT, ROAD_TYPE, SURFACE, WEATHER
from geo.value_contracts import VALUE_CONTRACTS

SEVERITY = {
    "1": "fatal",
    "2": "serious",
    "3": "slight",
    "fatal": "fatal",
    "serious": "serious",
    "slight": "slight",
}

_ROAD_CLASS = {
    "1": "motorway",
    "2": "motorway",
    "3": "a",
    "4": "b",
    "5": "c",
    "6": "unclassified",
    "m": "motorway",
    "motorway": "motorway",
    "a(m)": "motorway",
    "a": "a",
    "b": "b",
    "c": "c",
    "u": "unclassified",
    "unclassified": "unclassified",
}

_COLLISION_ID = Field(
    "collision_id",
    "text",
    "Publisher's reference of the collision, unique within its source.",
    ("collision_index", "accident_index", "arefno"),
    required=True,
)
_X = Field(
    "x",
    "number",
    "Easting in metres or longitude in degrees, as read, in the source's coordinate system; null if not given.",
    ("location_easting_osgr", "easting", "longitude", "lon", "long"),
)
_Y = Field(
    "y",
    "number",
    "Northing in metres or latitude in degrees, as read, in the source's coordinate system; null if not given.",
    ("location_northing_osgr", "northing", "latitude", "lat"),
)

_COLLISION_FIELDS = (
    _COLLISION_ID,
    Field("occurred_on", "date", "Local date of the collision.", ("date",), required=True),
    Field("occurred_time", "time", "Local time of the collision; null if not recorded.", ("time",)),
    Field(
        "severity",
        "code",
        "Worst injury: fatal, serious or slight.",
        ("collision_severity", "accident_severity"),
        required=True,
        codes=SEVERITY,
    ),
    _X,
    _Y,
    Field(
        "recorded_authority",
        "text",
        "Authority the source says the collision was in, as written (code or name); null if not said.",
        ("local_authority_highway", "local_authority_ons_district", "local_authority_district"),
    ),
    Field(
        "road_class",
        "code",
        "Class of the road as recorded: motorway, a, b, c or unclassified; null if not recorded.",
        ("first_road_class",),
        codes=_ROAD_CLASS,
    ),
    Field(
        "road_number",
        "integer",
        "Number of the road as recorded (61 of the A61); null where unnumbered or not recorded.",
        ("first_road_number",),
        minimum=1,
        maximum=9999,
        missing=(*MISSING, "0"),
    ),
    Field(
        "second_road_class",
        "code",
        "Class of the other road at a junction, as recorded; null where there is none or it is not recorded.",
        codes=_ROAD_CLASS,
        # 0: not at a junction, or within 20 metres of one; 9: the person who reported it did not know.
        missing=(*MISSING, "0", "9"),
    ),
    Field(
        "second_road_number",
        "integer",
        "Number of the other road at a junction, as recorded; null where unnumbered or not recorded.",
        minimum=1,
        maximum=9999,
        missing=(*MISSING, "0"),
    ),
    Field(
        "junction_detail",
        "text",
        "Kind of junction within 20 metres as recorded (code or words); null if not recorded.",
        # 99: unknown, as reported by the public.
        missing=(*MISSING, "99"),
    ),
    Field(
        "speed_limit_mph",
        "integer",
        "Speed limit in miles an hour; null if not recorded.",
        ("speed_limit",),
        minimum=5,
        maximum=70,
    ),
    Field(
        "vehicle_count",
        "integer",
        "Vehicles involved, as recorded; null if not.",
        ("number_of_vehicles", "number_vehicles"),
        minimum=0,
    ),
    Field(
        "casualty_count",
        "integer",
        "People hurt, as recorded; null if not.",
        ("number_of_casualties", "number_casualties"),
        minimum=0,
    ),
)

# As one of "unknown" or "reported by the public, who did not know", which is 9 in all of these.
_NOT_KNOWN = (*MISSING, "9", "unknown (self reported)", "uncoded")


def _chances(of: str, other: str = "") -> tuple[Field, ...]:
    """Return the chances that an injury was serious or slight, which the DfT adds to what the police recorded."""
    return tuple(
        Field(
            f"{of}_chance_{worst}",
            "number",
            f"Chance that it would be recorded as {worst} if injuries were asked for, 0 to 1; 0 where fatal; null if "
            "the file does not say.",
            tuple(f"{name}_adjusted_severity_{worst}" for name in (of, other) if name),
            minimum=0,
            maximum=1,
        )
        for worst in ("serious", "slight")
    )


# Of circumstances, what was recorded as unknown is null.
_CIRCUMSTANCES = (
    Field(
        "light",
        "code",
        "Light: daylight; dark, lights lit; dark, no light; or dark, lighting not known. Null if not recorded.",
        ("light_conditions",),
        codes=LIGHT,
        missing=_NOT_KNOWN,
    ),
    Field(
        "surface",
        "code",
        "Road surface: dry, wet, snow, ice, flood, oil or mud; null if not recorded.",
        ("road_surface_conditions",),
        codes=SURFACE,
        missing=_NOT_KNOWN,
    ),
    Field(
        "weather",
        "code",
        "Weather: fine, rain, snow, fog or other; null if not recorded.",
        ("weather_conditions",),
        codes=WEATHER,
        missing=_NOT_KNOWN,
    ),
    Field(
        "road_type",
        "code",
        "Kind of carriageway: roundabout, one way street, dual carriageway, single carriageway, slip road, or one way "
        "street or slip road; null if not recorded.",
        codes=ROAD_TYPE,
        missing=_NOT_KNOWN,
    ),
    *_chances("collision", "accident"),
)
_EVERY_COLLISION_FIELD = (*_COLLISION_FIELDS, *_CIRCUMSTANCES)

COLLISION = Contract(
    "collision",
    "One row per injury collision as accepted from a source.",
    _EVERY_COLLISION_FIELD,
    key=("collision_id",),
    points=True,
)

_CASUALTY_OWN = (
    Field(
        "casualty_severity",
        "code",
        "Injury of this person: fatal, serious or slight.",
        required=True,
        codes=SEVERITY,
    ),
    Field(
        "road_user",
        "text",
        "Kind of road user as recorded (code or words); null if not recorded.",
        ("casualty_type", "mode"),
    ),
    Field(
        "casualty_class",
        "code",
        "driver or rider, passenger, or pedestrian; null if not recorded.",
        codes=CASUALTY_CLASS,
        missing=_NOT_KNOWN,
    ),
    *_chances("casualty"),
)

CASUALTY = Contract(
    "casualty",
    "One row per person hurt, as accepted from a source.",
    (
        _COLLISION_ID,
        Field(
            "casualty_ref",
            "text",
            "Publisher's reference of the person within the collision; null where the file has none.",
            ("casualty_reference",),
        ),
        *_CASUALTY_OWN,
    ),
)

# A file of casualties that repeats its collision's attributes on every row (no file of collisions beside it).
CASUALTY_WITH_COLLISION = Contract(
    "casualty_with_collision",
    "One row per person hurt, with the collision's attributes repeated.",
    (*_EVERY_COLLISION_FIELD, *_CASUALTY_OWN),
    points=True,
)

VEHICLE = Contract(
    "vehicle",
    "One row per vehicle in a collision, as accepted from a source.",
    (
        _COLLISION_ID,
        Field(
            "vehicle_ref",
            "text",
            "Publisher's reference of the vehicle within the collision.",
            ("vehicle_reference",),
            required=True,
        ),
        Field("vehicle_type", "text", "Kind of vehicle as recorded (code or words); null if not recorded."),
    ),
    key=("collision_id", "vehicle_ref"),
)

REPORT = Contract(
    "report",
    "One row per citizen report as accepted from a source; no personal data.",
    (
        Field(
            "report_id",
            "text",
            "Publisher's reference of the report.",
            ("service_request_id", "id"),
            required=True,
        ),
        Field(
            "reported_at",
            "instant",
            "When it was reported (as published); null if not said.",
            ("requested_datetime", "reported", "created", "created_at"),
        ),
        Field(
            "closed_at",
            "instant",
            "When it was fixed or closed; null if still open or not said.",
            ("closed_datetime", "closed"),
        ),
        Field(
            "updated_at",
            "instant",
            "When the report last changed; null if not said.",
            ("updated_datetime", "lastupdate"),
        ),
        Field(
            "status",
            "code",
            "open or closed; null if not said.",
            codes={
                "open": "open",
                "investigating": "open",
                "in progress": "open",
                "planned": "open",
                "closed": "closed",
                "fixed": "closed",
            },
        ),
        Field(
            "category",
            "text",
            "What it is about, in the publisher's words; null if not said.",
            ("service_name", "service_code"),
        ),
        Field(
            "recorded_authority",
            "text",
            "Authority the source says it was sent to; null if not said.",
            ("agency_responsible", "council"),
        ),
        _X,
        _Y,
        Field(
            "free_text",
            "text",
            "What the citizen wrote; null unless the region file opts in (keep_text).",
            ("description", "title"),
        ),
    ),
    key=("report_id",),
    points=True,
    opt_in=("free_text",),
)

REPORT_COUNT = Contract(
    "report_count",
    "One row per area, year and category: how many reports were made, as accepted from a source.",
    (
        Field(
            "area_code",
            "text",
            "Code of the area, of the vintage the source uses.",
            ("lad", "lsoa", "gss_code"),
            required=True,
        ),
        Field("year", "integer", "Calendar year.", required=True, minimum=1990, maximum=2100),
        Field("category", "text", "Category code or words; null if not said.", ("shef_b_code",)),
        Field(
            "report_count",
            "integer",
            "Reports made in the year.",
            ("reports", "count"),
            required=True,
            minimum=0,
        ),
    ),
    key=("area_code", "year", "category"),
)

SATISFACTION_SCORE = Contract(
    "satisfaction_score",
    "One row per published score of an area, year and indicator, as accepted from a source.",
    (
        Field("area_code", "text", "Code of the area.", ("lad_code", "gss_code", "area"), required=True),
        Field(
            "period",
            "text",
            "Period as published: a year (2024), or a span (2019-22).",
            ("year",),
            required=True,
        ),
        Field("indicator", "text", "What was asked, in the publisher's words or code.", required=True),
        Field(
            "score",
            "number",
            "Published score in the source's own unit; null where the publisher gave none.",
            ("value",),
        ),
        Field(
            "base",
            "integer",
            "People who answered; null where the publisher did not say.",
            ("responses", "n", "sample"),
            minimum=0,
        ),
    ),
    key=("area_code", "period", "indicator"),
    measures=("score",),
)

SATISFACTION_RESPONSE = Contract(
    "satisfaction_response",
    "One row per answer of a survey respondent, without anything that identifies them.",
    (
        Field(
            "respondent_id",
            "text",
            "Reference of the respondent within the survey.",
            ("respondent",),
            required=True,
        ),
        Field(
            "area_code",
            "text",
            "Code of the area the respondent lives in; null where coordinates are given instead.",
            ("lsoa", "lad"),
        ),
        Field("surveyed_on", "date", "Date of the answer.", ("date",), required=True),
        Field("indicator", "text", "What was asked.", ("question",), required=True),
        Field(
            "rating", "number", "Answer on the survey's scale; null where not answered.", ("score", "value")
        ),
        Field(
            "weight",
            "number",
            "Survey weight, above zero; null reads as 1 where the survey has none.",
            minimum=0,
        ),
        Field(
            "cluster", "text", "Primary sampling unit; null where respondents were drawn singly.", ("psu",)
        ),
        Field("stratum", "text", "Stratum the respondent was drawn in; null where there are none."),
        _X,
        _Y,
    ),
    key=("respondent_id", "surveyed_on", "indicator"),
    measures=("rating",),
    points=True,
)

AREA_FACT = Contract(
    "area_fact",
    "One row per area: facts that a boundary file does not carry.",
    (
        Field("area_code", "text", "Code of the area.", ("gss_code", "gss-code", "code"), required=True),
        Field("area_name", "text", "Name of the area; null where the file has none.", ("name",)),
        Field(
            "parent_code",
            "text",
            "Code of the area it belongs to; null where the file does not say.",
            ("parent",),
        ),
        Field("population", "number", "Residents; null where not given.", minimum=0),
        Field("deprivation", "number", "Deprivation score, higher is more deprived; null where not given."),
        Field(
            "rural_share",
            "number",
            "Share of residents in rural places, 0 to 1; null where not given.",
            minimum=0,
            maximum=1,
        ),
    ),
    key=("area_code",),
)

AREA_CHANGE = Contract(
    "area_change",
    "One row per change of an area as accepted from a source: a code before and a code after. An area that "
    "went to several has one row for each.",
    (
        Field(
            "from_code",
            "text",
            "Code of the area before the change.",
            ("former_code", "old_code"),
            required=True,
        ),
        Field("from_name", "text", "Its name before; null if not said.", ("former_name", "old_name")),
        Field("to_code", "text", "Code of the area after the change.", ("new_code",), required=True),
        Field("to_name", "text", "Its name after; null if not said.", ("new_name",)),
        Field(
            "changed_on",
            "date",
            "First day on which the code after is in force.",
            ("on_date", "date", "operative_date"),
            required=True,
        ),
        Field(
            "change",
            "code",
            "renamed, recoded, merged, split or boundary moved; null if not said.",
            ("kind", "change_kind"),
            codes={
                "renamed": "renamed",
                "recoded": "recoded",
                "merged": "merged",
                "split": "split",
                "boundary moved": "boundary moved",
                "boundary change": "boundary moved",
            },
        ),
        Field(
            "share",
            "number",
            "Part of the area before that went to the area after, 0 to 1; null if not said.",
            minimum=0,
            maximum=1,
        ),
        Field(
            "share_of",
            "code",
            "What the share is a share of: population, households, addresses or area; null if not said.",
            codes={kind: kind for kind in ("population", "households", "addresses", "area")},
        ),
        Field("share_by", "text", "Who says the share; null if not said.", ("share_source",)),
    ),
    key=("from_code", "to_code", "changed_on"),
)

TRAFFIC_COUNT = Contract(
    "traffic_count",
    "One row per count point and year, as accepted from a source: the average daily flow of traffic there.",
    (
        Field("count_point_id", "text", "Publisher's reference of the point.", ("cp",), required=True),
        Field("year", "integer", "Calendar year.", ("aadfyear",), required=True, minimum=1990, maximum=2100),
        Field(
            "recorded_authority",
            "text",
            "Authority the source says the point is in, as written (code or name); null if not said.",
            ("local_authority_code", "local_authority_name", "localauthority", "ons_la_name"),
        ),
        Field(
            "road_name",
            "text",
            "Number of the road as written (A61), or C or U for roads without one; null if not said.",
            ("road",),
        ),
        Field(
            "road_category",
            "text",
            "Publisher's category of the road (PA, TM, MCU ...); null if not said.",
            ("roadcategory", "rcat"),
        ),
        Field(
            "start_junction",
            "text",
            "Road at the junction where the counted stretch begins; null if not said.",
            ("start_junction_road_name", "startjunction", "a_junction"),
        ),
        Field(
            "end_junction",
            "text",
            "Road at the junction where the counted stretch ends; null if not said.",
            ("end_junction_road_name", "endjunction", "b_junction"),
        ),
        replace(_X, aliases=(*_X.aliases, "s_ref_e")),
        replace(_Y, aliases=(*_Y.aliases, "s_ref_n")),
        Field(
            "link_length_km",
            "number",
            "Length of the stretch that the flow is given for; null where it is given for the point alone.",
            ("linklength_km", "lennet"),
            minimum=0,
        ),
        Field(
            "estimation_method",
            "code",
            "counted (there, in that year) or estimated (from other years or places); null if not said.",
            codes={"counted": "counted", "estimated": "estimated"},
        ),
        Field(
            "all_motor_vehicles",
            "number",
            "Motor vehicles on an average day of the year, both directions together (AADF).",
            ("allmotorvehicles", "fdall_mv"),
            required=True,
            minimum=0,
        ),
        Field(
            "pedal_cycles",
            "number",
            "Pedal cycles a day on average; null if not counted.",
            ("pedalcycles", "fdpc"),
            minimum=0,
        ),
        Field(
            "all_hgvs",
            "number",
            "Heavy goods vehicles a day on average, of the motor vehicles; null if not counted.",
            ("allhgvs", "fdhgv"),
            minimum=0,
        ),
    ),
    key=("count_point_id", "year"),
    points=True,
)

CONTRACTS: Mapping[str, Contract] = {
    "collisions": COLLISION,
    "casualties": CASUALTY,
    "casualties_with_collision": CASUALTY_WITH_COLLISION,
    "vehicles": VEHICLE,
    "reports": REPORT,
    "report_counts": REPORT_COUNT,
    "satisfaction_scores": SATISFACTION_SCORE,
    "satisfaction_responses": SATISFACTION_RESPONSE,
    "area_facts": AREA_FACT,
    "area_changes": AREA_CHANGE,
    "traffic_counts": TRAFFIC_COUNT,
    **SERVICE_CONTRACTS,
    **VALUE_CONTRACTS,
    **CORRECTION_CONTRACTS,
}
