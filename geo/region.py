"""The region file: what a run reads, on which basis, and what of it may be published."""

import re
import tomllib
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from pyproj import CRS
from pyproj.exceptions import CRSError

from geo.contracts import CONTRACTS
from geo.errors import RegionError

LICENCE_NOT_STATED = "not stated"


def _crs(text: str) -> str:
    # The text goes into SQL types, so only this shape is let through.
    if not re.fullmatch(r"EPSG:\d{4,6}", text):
        raise ValueError("write it as EPSG:27700")
    try:
        CRS.from_user_input(text)
    except CRSError:
        raise ValueError("no such code in the EPSG registry") from None
    return text


def _projected(text: str) -> str:
    crs = CRS.from_user_input(_crs(text))
    if not crs.is_projected or crs.axis_info[0].unit_name != "metre":
        raise ValueError("the working coordinate system must be projected, in metres (EPSG:27700 in Britain)")
    return text


def _relative(text: str) -> str:
    if Path(text).is_absolute() or ".." in Path(text).parts:
        raise ValueError("give a path below the data root: not absolute, and without '..'")
    return text


def _one_each(indicators: dict[str, str]) -> dict[str, str]:
    outcomes = list(indicators.values())
    if twice := sorted({o for o in outcomes if outcomes.count(o) > 1}):
        raise ValueError(f"outcome '{twice[0]}' is measured by two indicators; choose one")
    return indicators


# A region file may write one value where several are allowed.
_LISTED = BeforeValidator(lambda given: [given] if isinstance(given, str) else given)
Crs = Annotated[str, AfterValidator(_crs)]
RelativePath = Annotated[str, AfterValidator(_relative)]
Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_\-]{0,62}$")]
Publish = Literal["rows", "aggregates", "nothing"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class BaseSource(_Strict):
    """What every source says of itself."""

    id: Slug
    title: str
    path: Annotated[list[RelativePath], _LISTED]
    publisher: str | None = None
    url: str | None = None
    licence: str = LICENCE_NOT_STATED
    attribution: str | None = None
    publish: Publish = "nothing"
    fetched_on: date | None = None
    period_start: date | None = None
    period_end: date | None = None
    max_rejected_share: float = Field(0.2, ge=0, le=1)

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


class Areas(SpatialSource):
    """Boundaries of one level. Code and name columns are recognised (LAD24CD, area_code ...) or given."""

    kind: Literal["areas"]
    level: Slug
    code: str | None = None
    name: str | None = None
    parent: str | None = None
    dissolve: bool = False
    context: bool = False

    @model_validator(mode="after")
    def _drawable(self) -> Self:
        if self.publish == "aggregates":
            raise ValueError("boundaries are drawn on every map, so publish must be 'rows' or 'nothing'")
        return self


class Roads(SpatialSource):
    """Road links, in OS Open Roads or OpenStreetMap columns.

    `complete_for` lists the areas whose roads are all in the file; without it, every area of the region.
    """

    kind: Literal["roads"]
    format: Literal["os_open_roads", "openstreetmap"]
    complete_for: list[str] | None = None


class TableSource(BaseSource):
    """A delimited file; `columns` maps a field of the contract to a header the contract does not know."""

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


class SatisfactionScores(TableSource):
    """Published scores of areas, as percent (0 to 100) or share (0 to 1).

    `indicators` maps what the publisher calls an indicator to the outcome it measures.
    """

    kind: Literal["satisfaction_scores"]
    scale: Literal["percent", "share"] = "percent"
    indicators: Annotated[dict[str, str], AfterValidator(_one_each)] = {}


class SatisfactionResponses(PointSource):
    """Respondent-level answers on a scale from `lowest` (worst) to `highest` (best).

    `indicators` maps what the survey calls a question to the outcome it measures.
    """

    kind: Literal["satisfaction_responses"]
    lowest: float = 1
    highest: float = 5
    indicators: Annotated[dict[str, str], AfterValidator(_one_each)] = {}


Source = Annotated[
    Areas
    | Roads
    | AreaFacts
    | Collisions
    | Casualties
    | Vehicles
    | Reports
    | ReportCounts
    | SatisfactionScores
    | SatisfactionResponses,
    Field(discriminator="kind"),
]


class Region(_Strict):
    """One region, or several combined: where its files are and how its outcomes are to be made."""

    name: Slug
    title: str
    crs: Annotated[str, AfterValidator(_projected)] = "EPSG:27700"
    basis_on: date
    authority_level: Slug
    comparators: list[Literal["all_areas", "parent"]] = ["all_areas"]
    buffer_m: float = Field(2000, ge=0, le=100_000)
    border_tolerance_m: float = Field(25, ge=0, le=1000)
    snap_tolerance_m: float = Field(50, gt=0, le=1000)
    keep_releases: int = Field(14, ge=2)
    output: RelativePath | None = None
    source: list[Source] = Field(min_length=1)

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        ids = [s.id for s in self.source]
        if repeated := sorted({i for i in ids if ids.count(i) > 1}):
            raise ValueError(f"source: id '{repeated[0]}' is used twice")
        levels = self.levels
        if self.authority_level not in levels:
            raise ValueError(
                f"authority_level '{self.authority_level}' has no source of kind 'areas'; "
                f"levels given are {', '.join(levels) or 'none'}"
            )
        collisions = {s.id for s in self.source if isinstance(s, Collisions)}
        for s in self.source:
            if isinstance(s, Casualties | Vehicles) and s.of not in collisions:
                raise ValueError(f"source '{s.id}': of = '{s.of}' is not a source of kind 'collisions'")
            if isinstance(s, IncidentSource) and s.recorded_level not in {None, *levels}:
                raise ValueError(f"source '{s.id}': recorded_level '{s.recorded_level}' is not a level")
        return self

    def region_of(self, source_id: str) -> str:  # noqa: ARG002
        """Return the name of the region a source belongs to."""
        return self.name

    @property
    def levels(self) -> list[str]:
        """Area levels, in the order the region file gives them (coarse to fine by custom)."""
        return list(dict.fromkeys(s.level for s in self.source if isinstance(s, Areas) and not s.context))


class Combined(Region):
    """Several regions in one run; `members` gives the region of each source."""

    members: dict[str, str]

    def region_of(self, source_id: str) -> str:
        """Return the name of the region a source belongs to."""
        return self.members[source_id]


def read_region(path: Path) -> Region:
    """Read and validate a region file.

    Raises:
        RegionError: missing, not TOML, a wrong key, or an impossible value; says which and what is allowed.
    """
    try:
        given = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise RegionError(f"Region file '{path}' cannot be read: {error.strerror or error}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RegionError(f"Region file '{path}' is not TOML: {error}.") from error
    try:
        return Region.model_validate(given)
    except ValidationError as error:
        faults = "; ".join(_fault(fault, given) for fault in error.errors()[:5])
        raise RegionError(f"Region file '{path}': {faults}.") from error


def combine(regions: Sequence[Region]) -> Region:
    """Return one region that holds all the sources of several; source ids get the region's name in front.

    Raises:
        RegionError: the regions disagree on a setting that one release can only have once.
    """
    first, *others = regions
    if not others:
        return first
    for key in ("crs", "authority_level", "border_tolerance_m", "snap_tolerance_m", "buffer_m", "basis_on"):
        values = {str(getattr(r, key)): r.name for r in regions}
        if len(values) > 1:
            said = ", ".join(f"{name}: {value}" for value, name in values.items())
            raise RegionError(f"Regions cannot be combined: they differ on '{key}' ({said}).")
    owned = [(r.name, _renamed(s, r.name)) for r in regions for s in r.source]
    shared = [c for c in first.comparators if all(c in r.comparators for r in others)]
    return Combined(
        **first.model_dump(exclude={"name", "title", "output", "comparators", "source"}),
        name="-and-".join(r.name for r in regions)[:63],
        title=" and ".join(r.title for r in regions),
        comparators=shared or ["all_areas"],
        source=[s for _, s in owned],
        members={s.id: name for name, s in owned},
    )


def _renamed(source: Source, region: str) -> Source:
    update = {"id": f"{region}-{source.id}"}
    if isinstance(source, Casualties | Vehicles):
        update["of"] = f"{region}-{source.of}"
    return source.model_copy(update=update)


def _fault(fault: Any, given: dict[str, Any]) -> str:
    where = [p for p in fault["loc"] if not (isinstance(p, str) and (p in _KINDS or "[" in p))]
    key = ".".join(_name(where, n, given) for n in range(len(where))) or "file"
    message = fault["msg"].removeprefix("Value error, ")
    if fault["type"] == "extra_forbidden":
        return f"key '{key}' is not known{_allowed(where, given)}"
    if fault["type"] == "missing":
        return f"key '{key}' is missing"
    value = fault["input"]
    shown = f" = {value!r}" if isinstance(value, str | int | float | bool | date) else ""
    return f"key '{key}'{shown}: {message[0].lower() + message[1:]}"


def _name(where: list[Any], n: int, given: dict[str, Any]) -> str:
    # source 3 means little to a reader: say its id where it has one.
    part = where[n]
    if isinstance(part, int) and n == 1 and where[0] == "source":
        entry = given["source"][part]
        return str(entry.get("id", part + 1)) if isinstance(entry, dict) else str(part + 1)
    return str(part + 1) if isinstance(part, int) else str(part)


def _allowed(where: list[Any], given: dict[str, Any]) -> str:
    model: type[BaseModel] = Region
    if len(where) == 3 and where[0] == "source":  # noqa: PLR2004
        entry = given["source"][where[1]]
        model = _KINDS.get(entry.get("kind"), Region)
    return f"; keys are {', '.join(sorted(model.model_fields))}"


_KINDS: dict[str, type[BaseModel]] = {
    model.model_fields["kind"].annotation.__args__[0]: model  # type: ignore[union-attr]
    for model in (
        Areas,
        Roads,
        AreaFacts,
        Collisions,
        Casualties,
        Vehicles,
        Reports,
        ReportCounts,
        SatisfactionScores,
        SatisfactionResponses,
    )
}
