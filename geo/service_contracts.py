"""The contracts of what services measure: travel times, average speeds and road condition, declared as data."""

from collections.abc import Mapping

from geo.contract import MISSING, Contract, Field

# Published tables write [c] where a figure is withheld and [x] where there is none.
WITHHELD = ("[c]", "[C]")
_MISSING = (*MISSING, "[x]", "[X]", "[z]", "..", "-")
# What a table says of an area's local A roads together.
ALL_ROADS = "all"

_AREA_CODE = Field(
    "area_code",
    "text",
    "Code of the area, as published (GSS in Britain).",
    ("ons_code", "ons_area_code", "gss_code", "lad_code"),
    required=True,
)
_SERIES = Field(
    "series",
    "text",
    "Series that the row belongs to, where the file says; rows of different series do not compare. Null if not said.",
)
_MARK = Field("mark", "text", "suppressed where the publisher withholds the figure ([c]); null elsewhere.")

TRAVEL_TIME = Contract(
    "travel_time",
    "One row per link and moment, as accepted from a source: how long vehicles took.",
    (
        Field(
            "link_id",
            "text",
            "Publisher's reference of the link: that of a road link, or one of its own.",
            ("cosit",),
            required=True,
        ),
        Field("observed_at", "instant", "When it was observed, UTC.", ("time",), required=True),
        Field(
            "travel_time_s",
            "number",
            "Travel time along the link, seconds.",
            ("journey_time_s",),
            required=True,
            minimum=1,
        ),
        Field(
            "vehicles",
            "integer",
            "Vehicles that the time is of; null if not said.",
            ("match_count",),
            minimum=0,
        ),
    ),
    key=("link_id", "observed_at"),
)

OBSERVED_LINK = Contract(
    "observed_link",
    "One row per link of a network of sensors, as accepted from a source; it need not be a road link.",
    (
        Field(
            "link_id",
            "text",
            "Publisher's reference of the link, as its travel times have it.",
            required=True,
        ),
        Field("link_name", "text", "Name for people; null if not said.", ("name",)),
        Field("length_m", "number", "Length along the road, metres; null if not said.", minimum=1),
    ),
    key=("link_id",),
)

AVERAGE_SPEED = Contract(
    "average_speed",
    "One row per area, road and year, as accepted from a source: average speed and delay on local A roads.",
    (
        _AREA_CODE,
        Field(
            "road_name",
            "text",
            f"Number of the road (A61), or '{ALL_ROADS}' for all local A roads of the area together.",
            ("road",),
        ),
        Field("year", "integer", "Calendar year.", required=True, minimum=1990, maximum=2100),
        _SERIES,
        Field(
            "average_speed_mph",
            "number",
            "Average speed, miles an hour; null where not given.",
            missing=_MISSING,
            minimum=1,
            maximum=70,
        ),
        Field(
            "average_delay_spvpm",
            "number",
            "Average delay against free flow, seconds per vehicle per mile; null where not given.",
            ("delay_spvpm",),
            missing=_MISSING,
            minimum=0,
            maximum=3600,
        ),
    ),
    key=("area_code", "road_name", "year"),
    measures=("average_speed_mph", "average_delay_spvpm"),
)

_CONDITION_CLASS = {
    "a": "a",
    # With the few motorways that local authorities keep.
    "a+m": "a",
    "b and c": "b_and_c",
    "b+c": "b_and_c",
    "b": "b",
    "c": "c",
    "u": "unclassified",
    "unclassified": "unclassified",
}

ROAD_CONDITION = Contract(
    "road_condition",
    "One row per area, period and class of road, as accepted from a source: how much of it is in poor condition.",
    (
        _AREA_CODE,
        Field(
            "period",
            "text",
            "Period as published: a financial year (2020-21), a span of them (2019-21), or a month that a year ends "
            "with (2025-03).",
            ("financial_year", "year_ending", "year"),
            required=True,
        ),
        Field(
            "road_class",
            "code",
            "Class of road: a, b, c, b_and_c or unclassified.",
            required=True,
            codes=_CONDITION_CLASS,
        ),
        _SERIES,
        Field("survey_method", "text", "How the roads were surveyed (SCANNER, CVI ...); null if not said."),
        Field(
            "poor",
            "number",
            "Part of the roads surveyed that should be considered for maintenance, in the source's own scale (percent "
            "or share); null where not given.",
            ("percent_should_be_considered_for_maintenance", "pct_should_be_considered_for_maintenance"),
            missing=(*_MISSING, *WITHHELD),
            minimum=0,
            maximum=100,
        ),
        _MARK,
        Field(
            "surveyed_length_km",
            "number",
            "Length surveyed, kilometres; null if not said.",
            missing=_MISSING,
            minimum=0,
        ),
    ),
    key=("area_code", "period", "road_class"),
    measures=("poor",),
)

SERVICE_CONTRACTS: Mapping[str, Contract] = {
    "travel_times": TRAVEL_TIME,
    "observed_links": OBSERVED_LINK,
    "average_speeds": AVERAGE_SPEED,
    "road_condition": ROAD_CONDITION,
}
