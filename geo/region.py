"""The region file: what a run reads, on which basis, and what of it may be published."""

import tomllib
from collections.abc import Sequence
from datetime import date
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, Field, ValidationError, model_validator
from pyproj import CRS

from geo.errors import RegionError
from geo.gate_rules import GateName, GateRule
from geo.sources import (
    KINDS,
    Areas,
    AreaVintages,
    Casualties,
    Collisions,
    IncidentSource,
    RelativePath,
    Slug,
    Source,
    Strict,
    Vehicles,
    known_crs,
)


def _projected(text: str) -> str:
    crs = CRS.from_user_input(known_crs(text))
    if not crs.is_projected or crs.axis_info[0].unit_name != "metre":
        raise ValueError("the working coordinate system must be projected, in metres (EPSG:27700 in Britain)")
    return text


class Family(Strict):
    """Areas that somebody holds to be alike, to be compared with each other; an area is in one at most."""

    name: Slug
    title: str
    areas: list[str] = Field(min_length=2)


Weight = Annotated[float, Field(ge=0, le=1000)]


class ThemeWeights(Strict):
    """What removing all of a theme's loss would be worth, against the other themes; 0 leaves it out."""

    safety: Weight = 1.0
    satisfaction: Weight = 1.0
    responsiveness: Weight = 1.0
    condition: Weight = 1.0
    reliability: Weight = 1.0


class Priorities(Strict):
    """How problems are ranked across themes, and who is held to act together."""

    weights: ThemeWeights = ThemeWeights()
    contract_window_years: Annotated[int, Field(ge=1, le=10)] = 2
    largest_group: Annotated[int, Field(ge=2, le=20)] = 5


Covariate = Literal["deprivation", "population_density", "road_density", "people_per_road"]


class Region(Strict):
    """One region, or several combined: where its files are and how its outcomes are to be made."""

    name: Slug
    title: str
    crs: Annotated[str, AfterValidator(_projected)] = "EPSG:27700"
    basis: Literal["as_was", "as_now", "as_will_be"] = "as_now"
    basis_on: date
    authority_level: Slug
    comparators: list[Literal["all_areas", "parent", "family", "statistical_neighbours"]] = Field(
        ["all_areas"]
    )
    neighbour_covariates: list[Covariate] = Field(["deprivation", "population_density"], min_length=1)
    neighbours: int = Field(15, ge=1, le=100)
    family: list[Family] = Field([])
    buffer_m: float = Field(2000, ge=0, le=100_000)
    border_tolerance_m: float = Field(25, ge=0, le=1000)
    snap_tolerance_m: float = Field(50, gt=0, le=1000)
    corridor_gap_m: float = Field(250, ge=0, le=5000)
    count_reach_m: float = Field(5000, ge=0, le=50_000)
    small_count_threshold: int = Field(5, ge=0, le=1000)
    pooled_years: int = Field(5, ge=0, le=100)
    keep_releases: int = Field(14, ge=2)
    priorities: Priorities = Priorities()
    keep_snapshots: int = Field(3, ge=1, le=1000)
    download_limit_mb: float = Field(4096, gt=0)
    download_timeout_s: float = Field(1800, gt=0)
    gates: dict[GateName, GateRule] = Field({})
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
        grouped = [code for f in self.family for code in f.areas]
        if repeated := sorted({code for code in grouped if grouped.count(code) > 1}):
            raise ValueError(f"family: area '{repeated[0]}' is in two families, or twice in one")
        collisions = {s.id for s in self.source if isinstance(s, Collisions)}
        for s in self.source:
            if isinstance(s, Casualties | Vehicles) and s.of not in collisions:
                raise ValueError(f"source '{s.id}': of = '{s.of}' is not a source of kind 'collisions'")
            if isinstance(s, AreaVintages) and s.level not in levels:
                raise ValueError(f"source '{s.id}': level '{s.level}' has no source of kind 'areas'")
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
    ordered_levels: list[str]

    def region_of(self, source_id: str) -> str:
        """Return the name of the region a source belongs to."""
        return self.members[source_id]

    @property
    def levels(self) -> list[str]:
        """Area levels, in an order that each region's own agrees with."""
        return self.ordered_levels


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


_SAID_ONCE = (
    "crs",
    "authority_level",
    "border_tolerance_m",
    "snap_tolerance_m",
    "corridor_gap_m",
    "count_reach_m",
    "small_count_threshold",
    "pooled_years",
    "buffer_m",
    "basis",
    "basis_on",
    "priorities",
)


def combine(regions: Sequence[Region]) -> Region:
    """Return one region that holds all the sources of several; source ids get the region's name in front.

    Raises:
        RegionError: the regions disagree on a setting that one release can only have once.
    """
    first, *others = regions
    if not others:
        return first
    for key in _SAID_ONCE:
        values = {str(getattr(r, key)): r.name for r in regions}
        if len(values) > 1:
            said = ", ".join(f"{name}: {value}" for value, name in values.items())
            raise RegionError(f"Regions cannot be combined: they differ on '{key}' ({said}).")
    owned = [(r.name, _renamed(s, r.name)) for r in regions for s in r.source]
    covariates = {tuple(r.neighbour_covariates): r.name for r in regions}
    if len(covariates) > 1 and any("statistical_neighbours" in r.comparators for r in regions):
        said = ", ".join(f"{name}: {', '.join(given)}" for given, name in covariates.items())
        raise RegionError(f"Regions cannot be combined: they differ on 'neighbour_covariates' ({said}).")
    shared = [c for c in first.comparators if all(c in r.comparators for r in others)]
    return Combined(
        **first.model_dump(exclude={"name", "title", "output", "comparators", "family", "source"}),
        name="-and-".join(r.name for r in regions)[:63],
        title=" and ".join(r.title for r in regions),
        comparators=shared or ["all_areas"],
        family=[family for r in regions for family in r.family],
        source=[s for _, s in owned],
        members={s.id: name for name, s in owned},
        ordered_levels=_in_one_order(regions),
    )


def _in_one_order(regions: Sequence[Region]) -> list[str]:
    """Return all levels, coarse to fine; a region may lack some of them."""
    coarser: dict[str, set[str]] = {}
    for region in regions:
        for n, level in enumerate(region.levels):
            coarser.setdefault(level, set()).update(region.levels[:n])
    try:
        return list(TopologicalSorter(coarser).static_order())
    except CycleError:
        said = "; ".join(f"{r.name}: {', '.join(r.levels)}" for r in regions)
        raise RegionError(
            f"Regions cannot be combined: they give their levels in different orders ({said})."
        ) from None


def _renamed(source: Source, region: str) -> Source:
    update = {"id": f"{region}-{source.id}"}
    if isinstance(source, Casualties | Vehicles):
        update["of"] = f"{region}-{source.of}"
    return source.model_copy(update=update)


def _fault(fault: Any, given: dict[str, Any]) -> str:
    where = [p for p in fault["loc"] if not (isinstance(p, str) and (p in KINDS or "[" in p))]
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
        model = KINDS.get(entry.get("kind"), Region)
    return f"; keys are {', '.join(sorted(model.model_fields))}"
