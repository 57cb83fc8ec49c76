"""Trends are told of what is published."""

from tests.queries.drawing import Bench


def test_no_trend_is_told_of_rates_too_rare_to_be_published(bench: Bench) -> None:
    rows = [
        f"{outcome} | authority | A | {year}-01-01 | {year}-12-31 | {n} | {n} | 1 | 1 | rate | {rare}"
        for outcome, rare in (("common", "false"), ("rare", "true"))
        for year, n in ((2019, 40), (2020, 35), (2021, 30), (2022, 20))
    ]
    names = (
        "outcome | area_level | area_code | period_start | period_end | value | observations | exposure | per | scale | "
        "is_rare"
    )
    bench.draw("core.estimate", "\n".join([names, *rows])).draw(
        "run.outcome_definition", "outcome | direction\ncommon | lower is better\nrare | lower is better"
    ).build("core.trend")
    assert bench.rows("core.trend", "outcome") == [("common",)]
