"""Every kind of dirt that a table of Doggerland can have, and what should come of it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from geo.arrays import Floats
from geo.sample.dirt import BEYOND_BUFFER, NO_COORDINATES, OUTSIDE_CRS, Expect

KEPT = "kept as written"
PERSONAL = "personal data: in no table"
NOT_HERE = "recorded authority is not of this region"
WITHIN_BUFFER = "outside every area, within the buffer"
REPEATED = "key repeated: an earlier row has it"
NOT_UTF8 = "not UTF-8: read as Windows-1252 (Latin-1)"
OVERLAPS = "overlaps another area of level {}"
LEAVES_GAP = "leaves a gap to another area of level {}"
TORN = "row cannot be split into columns ({})"

_EASTING, _NORTHING = "location_easting_osgr", "location_northing_osgr"
_CODE, _NUMBER, _INTEGER = "not one of the known codes", "not a number", "not a whole number"
_DATE, _INSTANT = "not a date in the expected format", "not a date and time"
_CLOCK = "a time in the hour the clock change skips or repeats: kept as written"

HOSTILE = ("</script><img src=x onerror=alert(1)>", "${alert(1)}", '"><svg onload=alert(1)>')
FORMULAE = ('=HYPERLINK("http://example.invalid","open")', "@SUM(1+1)", "+1")
# Accents, and a dash and an apostrophe that Windows-1252 has and Latin-1 has not.
ACCENTED = ("Nid-de-poule à Dôgger", "Kerb \u2013 café\u2019s edge")


@dataclass(frozen=True)
class Stain:
    """What to write into a row's cells, and what should come of it.

    `exchange` swaps two cells; `pair` marks a fault logged of x and y together; `prefix` limits the rows to
    those whose first stained cell begins so. The first stained cell is the one listed.
    """

    cells: Mapping[str, str | None]
    expect: Expect
    rule: str
    exchange: tuple[str, str] | None = None
    pair: tuple[str, str] | None = None
    prefix: str = ""


@dataclass(frozen=True)
class Soil:
    """What befalls one table: stains, the key of a row to repeat, whether rows are torn, added columns."""

    stains: tuple[Stain, ...]
    key: tuple[str, ...] = ()
    is_torn: bool = False
    added: Mapping[str, str] | None = None
    encoding: str = "utf-8"


def collisions(coast: Floats, sea: Floats) -> Soil:
    """Return what befalls the collisions; `coast` is a point off the coast, `sea` far out (EPSG:27700)."""
    grid = (_EASTING, _NORTHING)
    return Soil(
        (
            Stain({}, "unplaced", BEYOND_BUFFER, exchange=grid),
            Stain(_at(sea), "unplaced", BEYOND_BUFFER),
            Stain(_at(coast), "unplaced", WITHIN_BUFFER),
            Stain({_NORTHING: ""}, "unplaced", NO_COORDINATES),
            Stain({_EASTING: "9999999"}, "blanked", OUTSIDE_CRS.format(27700), pair=grid),
            Stain({"local_authority_highway": "E09000999"}, "harmless", NOT_HERE),
            Stain({"date": "05/06/22"}, "rejected", _DATE),
            Stain({"date": "05/13/2022"}, "rejected", _DATE),
            Stain({"date": "05/06/2022"}, "harmless", "day or month first: read as day first"),
            Stain({"date": "2022-06-05"}, "harmless", "another date format: understood"),
            Stain({"date": "27/03/2022", "time": "01:30"}, "harmless", _CLOCK),
            Stain({"date": "30/10/2022", "time": "01:30"}, "harmless", _CLOCK),
            Stain({"time": "25:61"}, "blanked", "not a time of day"),
            Stain({"collision_severity": ""}, "rejected", "missing"),
            Stain({"first_road_class": "8"}, "blanked", _CODE),
            Stain({"first_road_number": "12345"}, "blanked", "above 9999"),
            Stain({"speed_limit": "999"}, "blanked", "above 70"),
            Stain({"number_of_vehicles": "-2"}, "blanked", "below 0"),
            Stain({"number_of_casualties": "two"}, "blanked", _INTEGER),
        ),
        key=("collision_index",),
        is_torn=True,
    )


CASUALTIES = Soil(
    (
        Stain({"casualty_severity": "7"}, "rejected", _CODE),
        Stain({"collision_index": ""}, "rejected", "missing"),
    ),
    encoding="utf-8-sig",
)
VEHICLES = Soil(
    (Stain({"vehicle_reference": ""}, "rejected", "missing"),), key=("collision_index", "vehicle_reference")
)
FIXMYSTREET = Soil(
    (
        Stain({}, "unplaced", BEYOND_BUFFER, exchange=("lat", "lon")),
        Stain({"lat": "", "lon": ""}, "unplaced", NO_COORDINATES),
        Stain({"lon": ""}, "unplaced", NO_COORDINATES),
        Stain({"lon": "east"}, "blanked", _NUMBER),
        Stain({"lat": "540"}, "blanked", OUTSIDE_CRS.format(4326), pair=("lon", "lat")),
        Stain({"council": "Council of Atlantis"}, "harmless", NOT_HERE),
        Stain({"created": "03/04/22 10:00"}, "blanked", _INSTANT),
        Stain({"closed": "2022-02-31T10:00:00"}, "blanked", _INSTANT, prefix="2022"),
        # What PostgreSQL exports for "no end".
        Stain({"closed": "infinity"}, "blanked", _INSTANT),
        # From April, so that it is not closed before it is made.
        Stain({"created": "2022-03-27T01:30:00"}, "harmless", _CLOCK, prefix="2022-04"),
        Stain({"status": "sorted"}, "blanked", _CODE),
        *(Stain({"category": text}, "harmless", KEPT) for text in (*FORMULAE, *HOSTILE, *ACCENTED)),
        Stain({"title": "Lamp out, ring Ada Planted on 01632 960123"}, "harmless", PERSONAL),
        Stain({"title": "Pothole by my gate,\n8 Planted Row"}, "harmless", PERSONAL),
        Stain({"email": "ada.planted@example.invalid"}, "harmless", PERSONAL),
        Stain({"name": "Ada Planted"}, "harmless", PERSONAL),
    ),
    key=("id",),
    is_torn=True,
    added={"name": "", "email": ""},
    encoding="cp1252",
)
OPEN311 = Soil(
    (
        Stain({}, "unplaced", BEYOND_BUFFER, exchange=("lat", "long")),
        Stain({"lat": None, "long": None}, "unplaced", NO_COORDINATES),
        Stain({"agency_responsible": "Council of Atlantis"}, "harmless", NOT_HERE),
        Stain({"requested_datetime": "yesterday"}, "blanked", _INSTANT),
        Stain({"status": "asleep"}, "blanked", _CODE),
        Stain({"service_name": HOSTILE[1]}, "harmless", KEPT),
        Stain({"description": "Call Bede Planted, 01632 960456"}, "harmless", PERSONAL),
        Stain({"address": "9 Planted Row"}, "harmless", PERSONAL),
        Stain({"email": "bede.planted@example.invalid"}, "harmless", PERSONAL),
    ),
    key=("service_request_id",),
)
SCORES = Soil(
    (Stain({"score": "n.d."}, "blanked", _NUMBER), Stain({"base": "many"}, "blanked", _INTEGER)),
    key=("area_code", "year", "indicator"),
)
SURVEY = Soil(
    (
        Stain({"rating": "very good"}, "blanked", _NUMBER),
        Stain({"weight": "-2"}, "blanked", "below 0"),
        Stain({"date": "2022-06-31"}, "rejected", _DATE),
    ),
    key=("respondent_id", "date", "question"),
)


def _at(xy: Floats) -> dict[str, str]:
    x, y = np.round(xy).astype(int)
    return {_EASTING: str(x), _NORTHING: str(y)}
