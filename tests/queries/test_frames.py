"""What Python models are given: declared tables only, whole or in portions that lie near together."""

import numpy as np
import pytest
import shapely

from queries.frames import Tables
from tests.queries.drawing import Bench


@pytest.fixture
def scattered(bench: Bench) -> Bench:
    """Twenty short lines in each of four towns, in an order that has nothing to do with place."""
    rng = np.random.default_rng(1)
    rows = []
    for n in rng.permutation(80).tolist():
        x, y = 100_000 * (n % 2) + rng.uniform(0, 900), 100_000 * (n // 2 % 2) + rng.uniform(0, 900)
        rows.append(f"s | {n:02} | {str(n != 0).lower()} | line {x:.1f} {y:.1f}, {x + 9:.1f} {y:.1f}")
    text = "source | link_id | is_carriageway | geom\n" + "\n".join(rows)
    return bench.draw("staging.link", text)


@pytest.mark.parametrize("rows", [7, 20, 1000])
def test_portions_hold_every_row_wanted_once(scattered: Bench, rows: int):
    tables = Tables(scattered.con, ["staging.link"])
    portions = list(tables.near_together("staging.link", ["link_id", "geom"], "is_carriageway", rows))
    found = [link for portion in portions for link in portion["link_id"]]
    assert sorted(found) == [f"{n:02}" for n in range(1, 80)]
    assert [len(p) for p in portions[:-1]] == [rows] * (len(portions) - 1)


def test_a_portion_lies_near_together(scattered: Bench):
    tables = Tables(scattered.con, ["staging.link"])
    for portion in tables.near_together("staging.link", ["link_id", "geom"], "true", 20):
        x0, y0, x1, y1 = shapely.total_bounds(shapely.from_wkb(portion["geom"].to_numpy()))
        assert max(x1 - x0, y1 - y0) < 1000


def test_another_statement_between_portions_does_no_harm(scattered: Bench):
    tables = Tables(scattered.con, ["staging.link"])
    count = 0
    for portion in tables.near_together("staging.link", ["link_id", "geom"], "true", 10):
        scattered.con.execute("SELECT 1").fetchall()
        count += len(portion)
    assert count == 80


def test_no_rows_are_no_portion(bench: Bench):
    bench.draw("staging.link", "source | link_id")
    tables = Tables(bench.con, ["staging.link"])
    assert list(tables.near_together("staging.link", ["link_id", "geom"], "true", 5)) == []


def test_what_was_not_declared_is_not_given(scattered: Bench):
    tables = Tables(scattered.con, ["staging.area"])
    with pytest.raises(KeyError, match=r"staging\.link is not among the declared inputs"):
        tables["staging.link"]
    with pytest.raises(KeyError, match="not among the declared"):
        next(tables.near_together("staging.link", ["link_id"], "true", 5))
