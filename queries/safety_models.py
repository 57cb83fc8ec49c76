"""Models of collisions against what is usual."""

import tomllib
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd

from geo.estimates.circumstances import against_region
from geo.estimates.usual import DAYS_A_YEAR, against_usual, expected_counts, judged
from geo.tables import Column, Table
from queries.columns import CODE, LEVEL, PERIOD
from queries.python_models import Frames, PythonModel

# A section whose traffic is known for less of its length and time is set against its length.
LEAST_KNOWN_SHARE = 0.8
_GROUP = ["event", "area_level", "period_start", "period_end"]


def usual_area(frames: Frames) -> pd.DataFrame:
    """Hold every area against what is usual for its roads, or for want of roads, for its residents.

    What is usual is fitted to the level with the most cells, over the longest period, and serves every level.
    """
    road, resident = frames["core.road_cell"], frames["core.resident_cell"]
    by_road = road.assign(label=road["road_class"] + " by " + road["basis"], exposed_to="roads")
    by_resident = resident.assign(label="residents", flow=np.nan, exposed_to="residents")
    names = [*_GROUP, "area_code", "exposed_to", "label", "exposure", "flow", "observed", "is_adjusted"]
    made = []
    for part in (by_road[names], by_resident[names]):
        for _, cells in part.groupby("event", sort=True):
            chances = bool(cells["is_adjusted"].any())
            base = cells["observed"].where(_is_base(cells))
            usual = expected_counts(cells.assign(observed=base), chances=chances)
            usual = usual.assign(observed=cells["observed"])
            key = [*_GROUP, "exposed_to", "is_adjusted"]
            made += [
                against_usual(of_group, ["area_code"], chances=chances).pipe(_named, key, group)
                for group, of_group in usual.groupby(key, sort=True)
            ]
    return _judged(made, _GROUP, USUAL_AREA)


def _is_base(cells: pd.DataFrame) -> pd.Series:
    days = cells["period_end"] - cells["period_start"]
    is_longest = days == days.groupby([cells["area_level"], cells["area_code"]]).transform("max")
    level = cells["area_level"][is_longest].value_counts().sort_index().idxmax()
    return is_longest & (cells["area_level"] == level)


def usual_section(frames: Frames) -> pd.DataFrame:
    """Hold every section of a numbered road against what is usual for roads of its class and traffic."""
    cells = frames["core.section_cell"]
    is_known = (cells["known_share"] >= LEAST_KNOWN_SHARE) & (cells["flow"] > 0)
    km_years = cells["length_km"] * cells["years"]
    cells = cells.assign(
        basis=np.where(is_known, "traffic", "length"),
        label=cells["road_class"] + np.where(is_known, " by traffic", " by length"),
        exposure=np.where(is_known, cells["flow"] * km_years * DAYS_A_YEAR, km_years),
        flow=cells["flow"].where(is_known),
    )
    key = ["event", "period_start", "period_end", "basis", "is_adjusted"]
    site = ["corridor", "section"]
    about = [*site, "area_code", "road_class", "years", "length_km", "known_share", "exposure", "observed"]
    made = []
    for group, of_group in cells.groupby(key, sort=True):
        chances = bool(group[-1])
        usual = against_usual(expected_counts(of_group, chances=chances), site, chances=chances)
        every = usual.drop(columns="observed").merge(of_group[about], on=site, how="right")
        made.append(every.pipe(_named, key, group))
    return _judged(made, ["event", "period_start", "period_end"], USUAL_SECTION)


def circumstance(frames: Frames) -> pd.DataFrame:
    """Hold the circumstances of every area's collisions against those of the whole region on like roads."""
    made = against_region(frames["core.circumstance_count"])
    return made[[c.name for c in CIRCUMSTANCES.table.columns]]


def collision_value(_: Frames) -> pd.DataFrame:
    """Read the published value of preventing a collision."""
    said = tomllib.loads(files("queries").joinpath("collision_value.toml").read_text("utf-8"))
    pounds = sorted(said["pounds"].items())
    return pd.DataFrame(pounds, columns=["severity", "pounds"]).assign(
        **{name: said[name] for name in ("price_year", "price_basis", "source")}
    )


def _named(rows: pd.DataFrame, columns: list[str], values: tuple[Any, ...]) -> pd.DataFrame:
    return rows.assign(**dict(zip(columns, values, strict=True)))


def _judged(made: list[pd.DataFrame], group: list[str], model: PythonModel) -> pd.DataFrame:
    columns = [c.name for c in model.table.columns]
    some = [part for part in made if len(part)]
    return (
        judged(pd.concat(some, ignore_index=True), group)[columns] if some else pd.DataFrame(columns=columns)
    )


_EVENT = Column(
    "event",
    "VARCHAR",
    "collisions, or ksi: those in which someone was killed or seriously injured. Never null.",
)
_ADJUSTED = Column("is_adjusted", "BOOLEAN", "True where severity is adjusted. Never null.")


def _usual(null: str) -> tuple[Column, ...]:
    return (
        Column("expected", "DOUBLE", f"Collisions usual over the period for such roads. {null}"),
        Column(
            "dispersion", "DOUBLE", f"How much sites differ, k: variance = mean + k x mean squared. {null}"
        ),
        Column("sites", "BIGINT", f"Sites that the model was fitted to. {null}"),
        Column(
            "estimate", "DOUBLE", f"Collisions in the long run over such a period, empirical Bayes. {null}"
        ),
        Column("standard_error", "DOUBLE", f"Standard error of the estimate, collisions. {null}"),
        Column("lower", "DOUBLE", "Lower 95 % limit of the estimate; null where it has no variance."),
        Column("upper", "DOUBLE", "Upper 95 % limit of the estimate; null where it has no variance."),
        Column("excess", "DOUBLE", f"Estimate less expected, below 0 where fewer than usual. {null}"),
        Column("p", "DOUBLE", f"Twice the probability that it lies on the other side of usual. {null}"),
        Column("q", "DOUBLE", "False-discovery-rate q-value over sites; null where too few data."),
        Column("verdict", "VARCHAR", f"better, similar, worse or too few data. {null}"),
    )


USUAL_AREA = PythonModel(
    Table(
        "core.usual_area",
        "One row per kind of collision, area and period: collisions against what is usual for such roads.",
        (
            _EVENT,
            LEVEL,
            CODE,
            *PERIOD,
            Column(
                "exposed_to",
                "VARCHAR",
                "roads, or residents where no source of roads is complete. Never null.",
            ),
            _ADJUSTED,
            Column(
                "observed", "DOUBLE", "Collisions on roads of known exposure, or chances summed. Never null."
            ),
            *_usual("Never null."),
        ),
        key=("event", "area_level", "area_code", "period_start", "period_end"),
    ),
    usual_area,
    inputs=("core.road_cell", "core.resident_cell"),
)

USUAL_SECTION = PythonModel(
    Table(
        "core.usual_section",
        "One row per kind of collision and section of a numbered road: collisions against what is usual for such roads.",
        (
            _EVENT,
            Column("corridor", "VARCHAR", "Corridor: road number and part (A61/1). Never null."),
            Column("section", "BIGINT", "Number of the section within the corridor. Never null."),
            *PERIOD,
            Column("years", "DOUBLE", "Length of the period in years. Never null."),
            Column("area_code", "VARCHAR", "Code of the authority it lies in. Never null."),
            Column("road_class", "VARCHAR", "Class most of the corridor has. Never null."),
            Column("length_km", "DOUBLE", "Length, kilometres. Never null."),
            Column("basis", "VARCHAR", "traffic where it is known, otherwise length. Never null."),
            Column(
                "exposure", "DOUBLE", "Vehicle-kilometres over the period, or kilometre-years. Never null."
            ),
            Column("known_share", "DOUBLE", "Share of length and time whose traffic is known. Never null."),
            _ADJUSTED,
            Column("observed", "DOUBLE", "Collisions on its links, or chances summed. Never null."),
            *_usual("Null where too few sections are alike."),
        ),
        key=("event", "corridor", "section"),
    ),
    usual_section,
    inputs=("core.section_cell",),
)

CIRCUMSTANCES = PythonModel(
    Table(
        "core.circumstance",
        "One row per area, circumstance and category: collisions against those usual on like roads.",
        (
            LEVEL,
            CODE,
            *PERIOD,
            Column("dimension", "VARCHAR", "road_class, junction, light, surface or road_user. Never null."),
            Column("category", "VARCHAR", "Category, in the words of the staging tables. Never null."),
            Column(
                "collision_count", "BIGINT", "Collisions of the area whose category is known. Never null."
            ),
            Column("category_count", "BIGINT", "Collisions of the category. Never null."),
            Column("usual", "DOUBLE", "As many as at the region's share on like roads. Never null."),
            Column("variance", "DOUBLE", "Variance of the observed number, by chance alone. Never null."),
            Column("ratio", "DOUBLE", "Observed / usual; null where none is usual."),
            Column("lower", "DOUBLE", "Lower 95 % limit of the ratio; null likewise."),
            Column("upper", "DOUBLE", "Upper 95 % limit of the ratio; null likewise."),
            Column(
                "p", "DOUBLE", "Two-sided p-value against the rest of the region; null where there is none."
            ),
            Column("q", "DOUBLE", "False-discovery-rate q-value; null where too few or none to compare."),
            Column(
                "verdict",
                "VARCHAR",
                "more than usual, fewer than usual, similar, too few data or nothing to compare with. Never null.",
            ),
        ),
        key=("area_level", "area_code", "period_start", "period_end", "dimension", "category"),
    ),
    circumstance,
    inputs=("core.circumstance_count",),
)

COLLISION_VALUE = PythonModel(
    Table(
        "core.collision_value",
        "One row per severity: the published value of preventing a collision.",
        (
            Column("severity", "VARCHAR", "fatal, serious or slight. Never null."),
            Column(
                "pounds", "DOUBLE", "Average value of preventing one, pounds of the price year. Never null."
            ),
            Column("price_year", "BIGINT", "Year whose prices it is in. Never null."),
            Column("price_basis", "VARCHAR", "The same in the publisher's words. Never null."),
            Column("source", "VARCHAR", "Where it was published. Never null."),
        ),
        key=("severity",),
    ),
    collision_value,
    inputs=(),
)

SAFETY_MODELS: tuple[PythonModel, ...] = (USUAL_AREA, USUAL_SECTION, CIRCUMSTANCES, COLLISION_VALUE)
