"""The kinds of source a region file may name, and what each must say of itself."""

import re
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pyproj import CRS
from pyproj.exceptions import CRSError

from geo.contracts import CONTRACTS
from geo.gate_rules import GateName, GateRule

LICENCE_NOT_STATED = "not stated"


def known_crs(text: str) -> str:
    """Return a coordinate system's code, if it is one.

    Raises:
        ValueError: not of the form EPSG:n, or unknown.
    """
    # The text goes into SQL types, so only this shape is let through.
    if not re.fullmatch(r"EPSG:\d{4,6}", text):
        raise ValueError("write it as EPSG:27700")
    try:
        CRS.from_user_input(text)
    except CRSError:
        raise ValueError("no such code in the EPSG registry") from None
    return text


def _relative(text: str) -> str:
    if Path(text).is_absolute() or ".." in Path(text).parts:
        raise ValueError("give a path below the data root: not absolute, and without '..'")
    return text


def _each_once(paths: list[str]) -> list[str]:
    plain = [str(PurePosixPath(p)) for p in paths]
    if twice := sorted({p for p in plain if plain.count(p) > 1}):
        raise ValueError(f"'{twice[0]}' is named twice; its rows would count twice")
    return paths


def _one_each(indicators: dict[str, str]) -> dict[str, str]:
    outcomes = list(indicators.values())
    if twice := sorted({o for o in outcomes if outcomes.count(o) > 1}):
        raise ValueError(f"outcome '{twice[0]}' is measured by two indicators; choose one")
    return indicators


def _address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("give an address that begins with https:// or http://")
    if parts.username or parts.password:
        raise ValueError("leave names and passwords out of addresses")
    return text


# A region file may write one value where several are allowed.
_LISTED = BeforeValidator(lambda given: [given] if isinstance(given, str) else given)
Crs = Annotated[str, AfterValidator(known_crs)]
RelativePath = Annotated[str, AfterValidator(_relative)]
Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_\-]{0,62}$")]
Publish = Literal["rows", "aggregates", "nothing"]


class Strict(BaseModel):
    """A table of the region file: a key that is not known is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class BaseSource(Strict):
    """What every source says of itself.

    `download` gives an address for each path: the file is then fetched each night, and none is looked for below
    the data root. `is_provisional` says that its publisher will revise it. `totals` are figures published beside
    it: of `rows`, of rows dated in a year, or of a numeric field, added up. `gates` are rules of its own.
    """

    id: Slug
    title: str
    path: Annotated[list[RelativePath], _LISTED, AfterValidator(_each_once)]
    publisher: str | None = None
    url: str | None = None
    licence: str = LICENCE_NOT_STATED
    attribution: str | None = None
    publish: Publish = "nothing"
    fetched_on: date | None = None
    period_start: date | None = None
    period_end: date | None = None
    max_rejected_share: float = Field(0.2, ge=0, le=1)
    download: Annotated[list[Annotated[str, AfterValidator(_address)]], _LISTED] = []
    is_provisional: bool = False
    totals: dict[str, float] = {}
    gates: dict[GateName, GateRule] = {}

    @model_validator(mode="after")
    def _one_address_each(self) -> Self:
        if self.download and len(self.download) != len(self.path):
            raise ValueError(f"download has {len(self.download)} addresses for {len(self.path)} paths")
        return self

    @model_validator(mode="after")
    def _honest(self) -> Self:
        if self.publish != "nothing" and self.licence == LICENCE_NOT_STATED:
            raise ValueError(f"publish = '{self.publish}' needs a licence; without one it must be 'nothing'")
        if self.period_start and self.period_end and self.period_start > self.period_end:
            raise ValueError("period_start is after period_end")
        return self


class SpatialSource(BaseSource):
    """A spatial file; `crs` where it does not say, `where` to keep only some of its features."""

    layer: str | None = None
    crs: Crs | None = None
    where: dict[str, Annotated[list[str], _LISTED]] = {}


class Boundaries(SpatialSource):
    """Polygons of one level. Code and name columns are recognised (LAD24CD, area_code ...) or given."""

    level: Slug
    code: str | None = None
    name: str | None = None
    parent: str | None = None
    dissolve: bool = False

    @model_validator(mode="after")
    def _drawable(self) -> Self:
        if self.publish == "aggregates":
            raise ValueError("boundaries are drawn on every map, so publish must be 'rows' or 'nothing'")
        return self


class Areas(Boundaries):
    """Areas of one level as they are on the basis date; `context` ones lie beyond the region."""

    kind: Literal["areas"]
    context: bool = False


class AreaVintages(Boundaries):
    """Areas of one level as they were, or as they are to be: in force from `valid_from` to `valid_to`.

    One of the two days may be left out, for ever before or ever after. Only areas that differ from those of
    the basis date are needed.
    """

    kind: Literal["area_vintages"]
    valid_from: date | None = None
    valid_to: date | None = None

    @model_validator(mode="after")
    def _dated(self) -> Self:
        if not (self.valid_from or self.valid_to):
            raise ValueError("say when these areas were in force: valid_from, valid_to or both")
        if self.valid_from and self.valid_to and self.valid_from > self.valid_to:
            raise ValueError("valid_from is after valid_to")
        return self


class Roads(SpatialSource):
    """Road links, in OS Open Roads or OpenStreetMap columns.

    `complete_for` lists the areas whose roads are all in the file; without it, every area of the region.
    """

    kind: Literal["roads"]
    format: Literal["os_open_roads", "openstreetmap"]
    complete_for: list[str] | None = None


class TableSource(BaseSource):
    """A delimited file, or one in Parquet (by file ending); `columns` maps a field to an unknown header."""

    columns: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}
    date_format: str | None = None
    where: dict[str, Annotated[list[str], _LISTED]] = {}

    @property
    def contract_kind(self) -> str:
        """Which contract its files are held against."""
        return str(getattr(self, "kind"))  # noqa: B009 - each kind of source declares its own literal

    @model_validator(mode="after")
    def _known_fields(self) -> Self:
        known = {f.name for f in CONTRACTS[self.contract_kind].fields}
        for key, given in (("columns", self.columns), ("values", self.values)):
            if unknown := sorted(given.keys() - known):
                raise ValueError(f"{key}: no field '{unknown[0]}'; fields are {', '.join(sorted(known))}")
        for f in CONTRACTS[self.contract_kind].fields:
            allowed = {*f.codes, *f.codes.values()}
            for said, meant in self.values.get(f.name, {}).items():
                if f.type == "code" and meant.lower() not in allowed:
                    raise ValueError(
                        f"values: {f.name}: '{said}' is mapped to '{meant}'; "
                        f"allowed are {', '.join(sorted(set(f.codes.values())))}"
                    )
        return self


class PointSource(TableSource):
    """A table whose rows have coordinates in `crs`."""

    crs: Crs = "EPSG:4326"


class IncidentSource(PointSource):
    """Things that happened at a place, recorded by some authority; see Collisions."""

    recorded_level: Slug | None = None
    complete_for: list[str] | None = None


class AreaFacts(TableSource):
    """Populations, names and parents by area code."""

    kind: Literal["area_facts"]


class AreaChanges(TableSource):
    """Codes that ended, the codes that followed them, and when: renamed, recoded, merged, split, moved."""

    kind: Literal["area_changes"]


class Collisions(IncidentSource):
    """Injury collisions: STATS19 of any year, or a council's extract with mapped columns.

    `recorded_level` is the level whose codes or names the source's own authority column holds;
    `complete_for` lists the areas whose collisions are all in it; without it, every area of the region.
    """

    kind: Literal["collisions"]
    one_row_per: Literal["collision", "casualty"] = "collision"
    crs: Crs = "EPSG:27700"

    @property
    def contract_kind(self) -> str:
        """Which contract its files are held against."""
        return "collisions" if self.one_row_per == "collision" else "casualties_with_collision"


class Casualties(TableSource):
    """People hurt, joined to collisions by collision_id; `of` names the collisions source."""

    kind: Literal["casualties"]
    of: Slug


class Vehicles(TableSource):
    """Vehicles in collisions; `of` names the collisions source."""

    kind: Literal["vehicles"]
    of: Slug


class Reports(IncidentSource):
    """Citizen reports: FixMyStreet-style CSV, or Open311 GeoReport v2 JSON or XML (by file ending)."""

    kind: Literal["reports"]
    keep_text: bool = False


class ReportCounts(TableSource):
    """Reports already counted by area and year."""

    kind: Literal["report_counts"]


class TrafficCounts(PointSource):
    """Average daily flows of count points by year: the Department for Transport's AADF file, of any age."""

    kind: Literal["traffic_counts"]
    crs: Crs = "EPSG:27700"


class SatisfactionScores(TableSource):
    """Published scores of areas, as percent (0 to 100) or share (0 to 1).

    `indicators` maps what the publisher calls an indicator to the outcome it measures.
    """

    kind: Literal["satisfaction_scores"]
    scale: Literal["percent", "share"] = "percent"
    indicators: Annotated[dict[str, str], AfterValidator(_one_each)] = {}


class SatisfactionResponses(PointSource):
    """Respondent-level answers on a scale from `lowest` (worst) to `highest` (best).

    Answers become scores in proportion; or, with `satisfied_from`, 100 from that answer on and 0 below it, so that
    their mean is the percentage satisfied, as an outcome in percent of people needs.
    `indicators` maps what the survey calls a question to the outcome it measures.
    """

    kind: Literal["satisfaction_responses"]
    lowest: float = 1
    highest: float = 5
    satisfied_from: float | None = None
    indicators: Annotated[dict[str, str], AfterValidator(_one_each)] = {}

    @model_validator(mode="after")
    def _on_a_scale(self) -> Self:
        if self.lowest >= self.highest:
            raise ValueError("lowest is not below highest")
        if self.satisfied_from is not None and not self.lowest < self.satisfied_from <= self.highest:
            raise ValueError("satisfied_from must lie above lowest, and not above highest")
        return self


class TravelTimes(TableSource):
    """Travel times of links by moment: of road links, by their id, or of links of the source's own.

    Times without an offset are taken as on the clock of London. `breaks` are days from which things are measured
    in another way. A time that implies a speed outside `minimum_speed_kph` to `maximum_speed_kph` is left out; a
    file whose median speed lies outside `median_speed_kph` is in another unit, and refused.
    """

    kind: Literal["travel_times"]
    minimum_speed_kph: float = Field(1, ge=0)
    maximum_speed_kph: float = Field(250, gt=0)
    median_speed_kph: tuple[float, float] = (10, 120)
    breaks: list[date] = []


class ObservedLinks(TableSource):
    """Names and lengths of links that travel times are given for, where they are no road links."""

    kind: Literal["observed_links"]
    layer: str | None = None


class AverageSpeeds(TableSource):
    """Average speed and delay on local A roads by area and year, as the Department for Transport gives them.

    `breaks` are days from which things are measured in another way; what is published changed with 2019. A file
    whose median speed lies outside `median_speed_mph` is in another unit, and refused.
    """

    kind: Literal["average_speeds"]
    median_speed_mph: tuple[float, float] = (10, 36)
    breaks: list[date] = [date(2019, 1, 1)]


class RoadCondition(TableSource):
    """Part of each area's roads that should be considered for maintenance, as percent (0 to 100) or share (0 to 1).

    `breaks` are days from which it is measured in another way; in England that is so from April 2026.
    """

    kind: Literal["road_condition"]
    scale: Literal["percent", "share"] = "percent"
    breaks: list[date] = [date(2026, 4, 1)]


class Spend(TableSource):
    """What authorities spent on roads, by financial year: MHCLG outturn, LGBF, or a table like them.

    `unit` is what its figures count; `prices` whether they are of their own year (nominal) or all of one (real).
    All its rows are added up, so `where` must leave out services that are not roads, and totals of others.
    """

    kind: Literal["spend"]
    unit: Literal["pounds", "thousands of pounds"]
    prices: Literal["nominal", "real", "not stated"] = "nominal"

    @property
    def pounds(self) -> float:
        """How many pounds one of its unit is."""
        return 1.0 if self.unit == "pounds" else 1000.0


class Contracts(TableSource):
    """Contracts let: an OCDS release or record package (by file ending, .json), or a table of notices."""

    kind: Literal["contracts"]


class BuyerAliases(TableSource):
    """Names and references that authorities buy under; without one, only their own codes and names are known."""

    kind: Literal["buyer_aliases"]


class Schemes(PointSource):
    """Dated changes on roads, whose effect is to be estimated.

    Each is placed by link_ids, by a corridor (and section), by a road number (in an area), by a point and a
    radius, or by an area alone: the first of these that it gives.
    """

    kind: Literal["schemes"]
    crs: Crs = "EPSG:27700"


class Corrections(TableSource):
    """Corrections that authorities asked for, each with a reviewer's decision; accepted ones are applied."""

    kind: Literal["corrections"]


Source = Annotated[
    Areas
    | AreaVintages
    | Roads
    | AreaFacts
    | AreaChanges
    | Collisions
    | Casualties
    | Vehicles
    | Reports
    | ReportCounts
    | TrafficCounts
    | SatisfactionScores
    | SatisfactionResponses
    | TravelTimes
    | ObservedLinks
    | AverageSpeeds
    | RoadCondition
    | Spend
    | Contracts
    | BuyerAliases
    | Schemes
    | Corrections,
    Field(discriminator="kind"),
]

KINDS: dict[str, type[BaseModel]] = {
    model.model_fields["kind"].annotation.__args__[0]: model  # type: ignore[union-attr]
    for model in (
        Areas,
        AreaVintages,
        Roads,
        AreaFacts,
        AreaChanges,
        Collisions,
        Casualties,
        Vehicles,
        Reports,
        ReportCounts,
        TrafficCounts,
        SatisfactionScores,
        SatisfactionResponses,
        TravelTimes,
        ObservedLinks,
        AverageSpeeds,
        RoadCondition,
        Spend,
        Contracts,
        BuyerAliases,
        Schemes,
        Corrections,
    )
}
