"""How reports are answered in the generated region, held against what was planted in it."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import norm

from tests.building import Built

WHOLE = "period_start = date '2020-01-01' and period_end = date '2024-12-31'"


def planted(demo: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((demo.parent / "truth.json").read_text("utf-8"))["planted"]
    return found


def test_the_planted_median_days_are_found(demo: Path, demo_built: Built) -> None:
    truth = planted(demo)
    medians, log_sd = truth["fix_median_days"], float(str(truth["fix_log_sd"]))
    assert isinstance(medians, dict)
    rows = demo_built.rows(
        f"""
        select area_code, value, lower, upper, observations from marts.outcome
        where outcome = 'median_days_to_fix' and area_level = 'highway_authority' and {WHOLE}
        """
    )
    assert {code for code, *_ in rows} == medians.keys()
    for code, value, lower, upper, n in rows:
        # The error of the log of a median of n log-normal times is sqrt(pi / 2) x sd / sqrt(n).
        error = np.sqrt(np.pi / 2) * log_sd / np.sqrt(float(str(n)))
        assert abs(np.log(float(str(value)) / medians[str(code)])) < 3.5 * error, code
        width = np.log(float(str(upper)) / float(str(lower))) / (2 * 1.96)
        assert width == pytest.approx(error, rel=0.35)


def test_the_planted_share_in_28_days_is_found_and_the_poor_responder_is_worse(
    demo: Path, demo_built: Built
) -> None:
    truth = planted(demo)
    medians, log_sd = truth["fix_median_days"], float(str(truth["fix_log_sd"]))
    assert isinstance(medians, dict)
    rows = demo_built.rows(
        f"""
        select area_code, value, observations, raw_value from marts.outcome
        where outcome = 'fixed_in_28_days' and area_level = 'highway_authority' and {WHOLE}
        """
    )
    for code, value, n, _ in rows:
        share = norm.cdf(np.log(28 / medians[str(code)]) / log_sd)
        error = np.sqrt(share * (1 - share) / float(str(n)))
        assert abs(float(str(value)) / 100 - share) < 3.5 * error, code
    slowest = max(medians, key=lambda code: medians[code])
    verdicts = demo_built.rows(
        f"""
        select distinct outcome, verdict from marts.comparison
        where outcome in ('fixed_in_28_days', 'median_days_to_fix') and area_level = 'highway_authority'
            and area_code = '{slowest}' and comparator = 'all_areas' and {WHOLE}
        order by all
        """
    )
    assert verdicts == [("fixed_in_28_days", "worse"), ("median_days_to_fix", "worse")]


def test_the_adjusted_rate_is_nearer_what_is_there_to_report_than_the_raw_one(
    demo: Path, demo_built: Built
) -> None:
    """Planted: people of the most deprived small area report 0.55 times as readily as those of the least."""
    with (demo.parent / "truth_reporting.csv").open(encoding="utf-8") as file:
        true_rate = {r["area_code"]: float(r["reports_per_1000_people_year"]) for r in csv.DictReader(file)}
    rows = demo_built.con.execute(
        f"""
        select o.area_code, o.value, o.raw_value, a.deprivation
        from marts.outcome as o join core.area as a using (area_level, area_code)
        where o.outcome = 'reports_per_1000_adjusted' and o.area_level = 'small_area' and {WHOLE}
        """
    ).df()
    assert len(rows) == len(true_rate)
    rank = rows["deprivation"].rank(method="first").sub(1) / (len(rows) - 1)
    propensity = float(str(planted(demo)["report_ratio_most_deprived"])) ** rank
    need = rows["area_code"].map(true_rate) / propensity
    off = {c: np.log((rows[c] + 0.1) / (need + 0.1)) for c in ("value", "raw_value")}
    spread = {c: float(np.std(gap)) for c, gap in off.items()}
    assert spread["value"] < spread["raw_value"]
    slope = {c: np.polyfit(rank, np.log(rows[c] + 0.1), 1)[0] for c in ("value", "raw_value")}
    assert slope["raw_value"] < -0.3
    assert abs(slope["value"]) < 0.5 * abs(slope["raw_value"])


def test_too_few_authorities_to_adjust_is_said_and_not_shown(demo_built: Built) -> None:
    found = demo_built.rows(
        "select area_level, reason from marts.not_computable where outcome = 'reports_per_1000_adjusted' order by all"
    )
    assert [level for level, _ in found] == ["combined_authority", "district", "highway_authority"]
    assert str(found[2][1]).startswith("8 areas have reports, people and all covariates")


def test_categories_add_up_to_the_reports_of_the_authority(demo_built: Built) -> None:
    off = demo_built.rows(
        """
        with category as (
            select authority_code, period_start, period_end, sum(report_count)::bigint as n
            from marts.report_category group by all
        )
        select * from category
        full join (
            select area_code, period_start, period_end, observations from marts.outcome
            where outcome = 'reports_per_1000' and area_level = 'highway_authority'
        ) as whole
            on category.authority_code = whole.area_code and category.period_start = whole.period_start
                and category.period_end = whole.period_end
        where category.n is distinct from whole.observations
        """
    )
    assert off == []
