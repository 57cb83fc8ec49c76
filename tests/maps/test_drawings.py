"""Small pictures: nothing leaves its frame, and no line is drawn across what does not belong together."""

import datetime as dt
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from maps.drawings import EDGE, SPARK_HEIGHT, SPARK_WIDTH, WIDTH, bullet, scale_of, spark

number = st.floats(-1e6, 1e6)


def figure(
    value: float | None, lower: float | None, upper: float | None, held: float | None
) -> dict[str, Any]:
    return {
        "value": value, "lower": lower, "upper": upper, "comparator_value": held, "usual_low": lower, "usual_high": upper,
    }  # fmt: skip


@given(st.lists(st.tuples(number, number, number, number), min_size=1, max_size=6))
def test_a_bullet_stays_in_its_frame_and_keeps_order(drawn: list[tuple[float, ...]]) -> None:
    rows = [figure(sorted(three)[1], min(three), max(three), held) for *three, held in drawn]
    scale = scale_of(rows)
    for row in rows:
        made = bullet(row, scale)
        assert made is not None
        assert made.interval is not None
        assert made.comparator is not None
        assert EDGE <= made.interval[0] <= made.value <= made.interval[1] <= WIDTH - EDGE
        assert (made.comparator < made.value) <= (row["comparator_value"] < row["value"])


def test_what_is_not_known_is_not_drawn() -> None:
    rows = [figure(None, None, None, 3.0), figure(4.0, None, None, None)]
    assert bullet(rows[0], scale_of(rows)) is None
    made = bullet(rows[1], scale_of(rows))
    assert made is not None
    assert (made.interval, made.usual, made.comparator) == (None, None, None)
    assert scale_of(rows[:1]) is None


def year(start: int, value: float | None, method: str = "m", series: str | None = None) -> dict[str, Any]:
    return {
        "period_start": dt.date(start, 1, 1), "period_end": dt.date(start, 12, 31),
        "value": value, "method": method, "series": series,
    }  # fmt: skip


def lines(*years: dict[str, Any]) -> int:
    made = spark(years)
    assert made is not None
    assert all(0 <= x <= SPARK_WIDTH and 0 <= y <= SPARK_HEIGHT for x, y in made.points)
    return len(made.lines)


def test_a_line_stops_at_a_gap_and_at_a_change_of_method_or_series() -> None:
    run = [year(2018, 1.0), year(2019, 2.0)]
    assert lines(*run, year(2020, 0.0), year(2021, -4.0)) == 1
    assert lines(*run, year(2021, 0.0), year(2022, 1.0)) == 2, "a year is not there"
    assert lines(*run, year(2020, None), year(2021, 0.0), year(2022, 1.0)) == 2, "a year has no value"
    assert lines(*run, year(2020, 0.0, "new"), year(2021, 1.0, "new")) == 2
    assert lines(*run, year(2020, 0.0, series="b"), year(2021, 1.0, series="b")) == 2
    assert lines(year(2018, 1.0), year(2020, 1.0)) == 0, "two points alone"
    assert spark([year(2018, 1.0), year(2019, None)]) is None
