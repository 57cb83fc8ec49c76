"""Snapping against the truth: collisions drawn on links of the sample that are known, as its generator draws them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import shapely

from geo.sample.collisions import draw_year
from geo.sample.pieces import whole_links
from geo.sample.truth import Truth
from geo.tables import qualified
from geo.warehouse import connect
from queries.build import build_model, create_macros
from queries.models import load_models
from tests.building import Built

# Collisions a km and year on the roads of each class: most happen on few roads.
RATE = {"motorway": 3.0, "a": 3.0, "b": 2.0, "c": 1.0, "unclassified": 0.6}
MODELS = load_models()
MODEL = MODELS["core.incident_link"]


@dataclass(frozen=True)
class Snapped:
    """One row per collision: the true link, the chosen and the plainly nearest one, and their roads."""

    rows: pd.DataFrame

    def share(self, which: str, column: str) -> float:
        return float((self.rows[f"{which}_{column}"] == self.rows[f"true_{column}"]).mean())


def snap(links: pd.DataFrame, *, is_road_recorded: bool) -> Snapped:
    """Draw a year of collisions on links, build the model from what would be recorded of them."""
    lines = shapely.from_wkb(links["geom"].to_numpy())
    pieces = whole_links(lines, np.zeros(len(lines), dtype=np.int64), np.zeros(len(lines), dtype=bool))
    expected = pieces.km * links["road_class"].map(RATE).to_numpy()
    drawn = draw_year(np.random.default_rng(5), pieces, expected, 2023, Truth())
    true = links.iloc[pieces.link[drawn.piece]].reset_index(drop=True)
    number = pd.to_numeric(true["road_number"].str.extract(r"(\d+)")[0]).astype("Int64")
    collisions = pd.DataFrame(
        {
            "source": "s",
            "collision_id": [f"{n:06}" for n in range(len(true))],
            "road_class": true["road_class"]
            if is_road_recorded
            else pd.Series(None, true.index, dtype="str"),
            "road_number": number if is_road_recorded else pd.Series(None, true.index, dtype="Int64"),
            "x": drawn.xy[:, 0],
            "y": drawn.xy[:, 1],
        }
    )
    found = _built(links, collisions)
    chosen, nearest = (links.set_index("link_id").reindex(found[c]) for c in ("link_id", "nearest_link_id"))
    rows: dict[str, Any] = {"matched_by": found["matched_by"], "confidence": found["confidence"]}
    for name, table in (("true", true), ("chosen", chosen.reset_index()), ("nearest", nearest.reset_index())):
        ids = table["link_id"] if "link_id" in table else table["nearest_link_id"]
        rows[f"{name}_link"] = ids
        rows[f"{name}_road"] = table["road_class"].astype(str) + table["road_number"].fillna("").astype(str)
    return Snapped(pd.DataFrame(rows))


def _built(links: pd.DataFrame, collisions: pd.DataFrame) -> pd.DataFrame:
    with connect() as con:
        con.execute("SET VARIABLE snap_tolerance_m = 50")
        con.execute("SET VARIABLE cell_m = 1000")
        con.execute("CREATE SCHEMA staging")
        con.execute("CREATE SCHEMA core")
        create_macros(con)
        con.register("links", pa.Table.from_pandas(links, preserve_index=False))
        con.register("drawn", pa.Table.from_pandas(collisions, preserve_index=False))
        con.execute(
            "CREATE TABLE staging.link AS SELECT * REPLACE (st_setcrs(st_geomfromwkb(geom), 'EPSG:27700') AS geom) "
            "FROM links"
        )
        con.execute(
            "CREATE TABLE core.incident AS SELECT 'collision' AS incident_kind, source, collision_id AS incident_id, "
            "road_class AS recorded_road_class, road_number AS recorded_road_number, "
            "st_setcrs(st_point(x, y), 'EPSG:27700') AS geom FROM drawn"
        )
        build_model(con, MODELS["core.incident_rank"])
        build_model(con, MODEL)
        return con.execute(f"FROM {qualified(MODEL.name)} ORDER BY incident_id").df()


@pytest.fixture(scope="module")
def links(demo_built: Built) -> pd.DataFrame:
    rows: pa.Table = demo_built.con.execute(
        "SELECT source, link_id, road_class, road_number, is_carriageway, length_m, st_aswkb(geom) AS geom "
        "FROM staging.link WHERE is_carriageway ORDER BY link_id"
    ).to_arrow_table()
    frame: pd.DataFrame = rows.to_pandas()
    return frame


@pytest.fixture(scope="module")
def recorded(links: pd.DataFrame) -> Snapped:
    return snap(links, is_road_recorded=True)


def test_more_collisions_are_put_on_their_true_road_than_by_plain_nearest(recorded: Snapped) -> None:
    assert len(recorded.rows) > 1000
    assert recorded.share("chosen", "road") > 0.999
    assert recorded.share("nearest", "road") < 0.97


def test_more_collisions_are_put_on_their_true_link_than_by_plain_nearest(recorded: Snapped) -> None:
    assert recorded.share("chosen", "link") > recorded.share("nearest", "link") + 0.02
    assert recorded.share("chosen", "link") > 0.85


def test_confidence_is_no_more_than_the_share_that_is_right(recorded: Snapped) -> None:
    right = recorded.rows["chosen_link"] == recorded.rows["true_link"]
    band = pd.cut(recorded.rows["confidence"], [0, 0.4, 0.6, 0.8, 0.95, 1])
    by_band = pd.DataFrame({"right": right, "said": recorded.rows["confidence"]}).groupby(band, observed=True)
    shares = by_band.agg(right=("right", "mean"), said=("said", "mean"), count=("said", "size"))
    assert (shares["count"] > 20).all()
    assert (shares["right"] > shares["said"] - 0.05).all(), shares
    assert shares["right"].iloc[-1] > 0.98


def test_without_a_recorded_road_the_nearest_is_taken(links: pd.DataFrame) -> None:
    unrecorded = snap(links, is_road_recorded=False)
    assert (unrecorded.rows["chosen_link"] == unrecorded.rows["nearest_link"]).all()
    assert {*unrecorded.rows["matched_by"]} == {"nearest"}


def test_the_samples_own_collisions_are_found_on_the_road_recorded(demo_built: Built) -> None:
    rows = demo_built.rows("select distinct matched_by from marts.snapping where source = 'collisions'")
    assert {matched for (matched,) in rows} == {"number", "class", "no usable coordinates"}
    other = demo_built.one("select sum(other_road_count) from marts.snapping where source = 'collisions'")
    assert isinstance(other, int)
    assert other > 50
