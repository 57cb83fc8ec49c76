"""Perception against measurement: planted gaps, the line through the others worked out anew, and calibration."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from geo.estimates.gap import AS_EXPECTED, GAP, HAPPIER, LEAST_AREAS, LESS_HAPPY, TOO_FEW, perception_gaps
from geo.sample.doggerland import OUTERWELL
from geo.sample.satisfaction import Surveyed, make_latent, satisfied_by_authority
from geo.sample.truth import CONDITION, OVERALL, Truth, with_effects


def _region(
    seed: int, areas: int = 60, planted: float = 0.0, slope: float = 6.0, error: float = 2.0
) -> tuple[pd.DataFrame, np.ndarray]:
    """Areas whose satisfaction follows a true service, the first less or more so; and their true gaps, in points."""
    rng = np.random.default_rng(seed)
    service = rng.normal(50, 8, areas)
    gap = rng.normal(0, 2, areas)
    gap[0] += planted
    errors = rng.uniform(0.7, 2, areas), error * rng.uniform(0.5, 1.5, areas)
    satisfaction = 60 + slope * (service - 50) / 8 + gap
    columns = {
        "theme": "condition", "direction": "higher",
        "satisfaction": rng.normal(satisfaction, errors[0]), "satisfaction_error": errors[0],
        "service": rng.normal(service, errors[1]), "service_error": errors[1],
    }  # fmt: skip
    return pd.DataFrame(columns), gap


def test_intervals_cover_the_true_gaps_and_null_verdicts_are_rare() -> None:
    inside, wrong = [], 0
    for seed in range(100):
        areas, gap = _region(seed)
        found = perception_gaps(areas)
        spread = areas["satisfaction"].std()
        inside.append(((found["lower"] * spread <= gap) & (gap <= found["upper"] * spread)).mean())
        wrong += int(found["verdict"].isin([HAPPIER, LESS_HAPPY]).any())
    assert np.mean(inside) == pytest.approx(0.95, abs=0.01)
    assert wrong <= 10


@pytest.mark.parametrize(("planted", "verdict"), [(-16.0, LESS_HAPPY), (16.0, HAPPIER)])
def test_a_planted_gap_is_found_and_no_other(planted: float, verdict: str) -> None:
    right, others, off = 0, 0, []
    for seed in range(40):
        areas, gap = _region(seed, planted=planted)
        found = perception_gaps(areas)
        right += found["verdict"][0] == verdict
        others += found["verdict"][1:].isin([HAPPIER, LESS_HAPPY]).sum()
        off.append(found["gap_points"][0] - gap[0])
    assert right >= 34
    assert others <= 8
    assert np.mean(off) == pytest.approx(0, abs=1.5)


def test_doggerlands_mismatch_among_its_eight_authorities(demo: Path) -> None:
    # Scores of five years against the service they truly follow. Outerwell's gap is the lowest and clear of zero,
    # but seven others are too few to tell how far authorities usually are from the line.
    scores = pd.read_csv(demo.parent / "satisfaction_scores.csv").query("indicator == @OVERALL and base > 0")
    variance = scores["score"] * (100 - scores["score"]) / scores["base"]
    by_area = scores.assign(variance=variance).groupby("area_code")
    service = pd.read_csv(demo.parent / "truth_service.csv").set_index("area_code")
    weights = Truth().driver_weight[OVERALL]
    areas = pd.DataFrame(
        {
            "theme": "roads", "direction": "higher", "service_error": 0.02,
            "satisfaction": by_area["score"].mean(),
            "satisfaction_error": np.sqrt(by_area["variance"].sum()) / by_area.size(),
            "service": sum((w * service[f"{driver}_standardised"] for driver, w in weights.items()), 0 * service.iloc[:, 0]),
        }
    )  # fmt: skip
    found = perception_gaps(areas)
    assert found["gap"].idxmin() == OUTERWELL
    assert found["upper"][OUTERWELL] < 0
    # -0.22 on the latent scale is 8 or 9 in a hundred people.
    assert found["gap_points"][OUTERWELL] == pytest.approx(-8, abs=4)
    assert not found["verdict"].isin([HAPPIER, LESS_HAPPY]).drop(OUTERWELL).any()


def test_doggerlands_mismatch_among_sixty_authorities() -> None:
    # As the sample makes it, but with authorities enough to know what is usual; one measure, known by authority.
    others = {f"driver_weight.{OVERALL}.{d}": 0.0 for d in Truth().driver_weight[OVERALL] if d != CONDITION}
    truth = with_effects(Truth(), others)
    codes = [*(f"E{n:02}" for n in range(59)), OUTERWELL]
    right, lowest, others_told = 0, 0, 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        authority = np.repeat(np.arange(60), 40)
        people = rng.integers(1000, 3000, len(authority))
        names = [f"A{n:04}" for n in range(len(authority))]
        where = Surveyed(names, people, rng.uniform(5, 60, len(authority)), authority, codes)
        good = rng.normal(0.9, 0.03, 60)
        latent = make_latent(rng, where, {CONDITION: good[authority]}, truth)
        true = satisfied_by_authority(latent, where, [2022], truth).query("question == @OVERALL")
        share = rng.binomial(5000, true["satisfied_share"]) / 5000
        areas = pd.DataFrame(
            {
                "theme": "roads", "direction": "lower", "service": 1 - good, "service_error": 0.0,
                "satisfaction": 100 * share, "satisfaction_error": 100 * np.sqrt(share * (1 - share) / 5000),
            },
            index=codes,
        )  # fmt: skip
        found = perception_gaps(areas)
        verdict = found["verdict"]
        lowest += found["gap"].idxmin() == OUTERWELL
        right += verdict[OUTERWELL] == LESS_HAPPY
        others_told += verdict.drop(OUTERWELL).isin([HAPPIER, LESS_HAPPY]).sum()
    # Some 4.4 standard deviations off, where the first of sixty needs 3.5: told about three times in four.
    assert right >= 12
    assert lowest >= 18
    assert others_told <= 4


def test_one_area_worked_out_from_the_others_alone() -> None:
    areas, _ = _region(3, areas=12)
    areas["service_error"] = 0.0
    found = perception_gaps(areas).iloc[4]
    spread = areas[["satisfaction", "service"]].std()
    happy, served = (
        ((areas[name] - areas[name].mean()) / spread[name]).to_numpy() for name in ("satisfaction", "service")
    )
    out = np.arange(12) != 4
    line = stats.linregress(served[out], happy[out])
    gap = happy[4] - line.intercept - line.slope * served[4]
    own = (areas["satisfaction_error"].to_numpy() / spread["satisfaction"]) ** 2
    scatter = ((happy - line.intercept - line.slope * served)[out] ** 2).sum() / 9
    across = ((served[out] - served[out].mean()) ** 2).sum()
    of_line = scatter * (1 / 11 + (served[4] - served[out].mean()) ** 2 / across)
    usual = max(scatter - own[out].mean(), 0)
    assert found["gap"] == pytest.approx(gap)
    assert found["standard_error"] == pytest.approx(np.sqrt(own[4] + of_line))
    assert found["usual_spread"] == pytest.approx(np.sqrt(usual))
    assert found["p"] == pytest.approx(2 * stats.t.sf(abs(gap) / np.sqrt(own[4] + of_line + usual), 9))
    assert found["gap_points"] == pytest.approx(gap * spread["satisfaction"])


def test_the_error_of_the_measure_widens_the_interval_and_does_not_flatten_the_line() -> None:
    slopes, flat = [], []
    for seed in range(60):
        areas, _ = _region(seed, areas=100, error=5)
        found = perception_gaps(areas)
        per = areas["satisfaction"].std() / areas["service"].std()
        slopes.append(
            8 * per * np.polyfit(found["service_standardised"], found["expected_standardised"], 1)[0]
        )
        flat.append(8 * np.polyfit(areas["service"], areas["satisfaction"], 1)[0])
        exact = perception_gaps(areas.assign(service_error=0.0))
        assert (found["standard_error"] > exact["standard_error"]).mean() > 0.95
    assert np.mean(slopes) == pytest.approx(6, abs=0.25)
    assert np.mean(flat) < 5


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"satisfaction": 50.0}, "satisfaction is the same everywhere"),
        ({"service": 0.3}, "service is the same everywhere"),
        ({"service_error": 9.0}, "hardly more than by its own error"),
        ({"service": np.nan}, "missing"),
        ({"satisfaction_error": np.nan}, "missing"),
    ],
)
def test_it_says_why_there_is_no_gap(change: dict[str, float], why: str) -> None:
    found = perception_gaps(_region(1)[0].assign(**change))
    assert found.columns.tolist() == GAP
    assert (found["verdict"] == TOO_FEW).all()
    assert found["reason"].str.contains(why).all()
    assert found.drop(columns=["verdict", "reason"]).isna().all(axis=None)


def test_a_measure_that_says_nothing_of_satisfaction_gets_no_verdict() -> None:
    withheld = 0
    for seed in range(40):
        found = perception_gaps(_region(seed, slope=0)[0])
        withheld += int((found["verdict"] == TOO_FEW).all())
        assert found["gap"].notna().all()
    assert withheld >= 34
    backwards = perception_gaps(_region(1, slope=-6)[0])
    assert backwards["reason"].str.contains("does not clearly go with").all()


def test_the_fewest_areas_and_a_missing_one() -> None:
    areas, _ = _region(2, areas=LEAST_AREAS)
    assert perception_gaps(areas)["gap"].notna().all()
    holed = areas.assign(service=areas["service"].where(areas.index > 0))
    found = perception_gaps(holed)
    assert found["gap"].isna().all()
    assert found["reason"].str.contains("are missing|is missing")[0]
    assert (
        found["reason"][1:] == f"{LEAST_AREAS - 1} areas have satisfaction and service; 8 are needed"
    ).all()


def test_themes_stand_alone_and_rows_keep_their_place() -> None:
    one, other = _region(1, planted=-16)[0], _region(2)[0].assign(theme="litter")
    both = pd.concat([one, other]).sample(frac=1, random_state=1)
    both.index = pd.Index(both["theme"] + both.index.astype(str), name=None)
    found = perception_gaps(both)
    assert found.index.tolist() == both.index.tolist()
    for table in (one, other):
        alone = perception_gaps(table.set_index(table["theme"] + table.index.astype(str)).rename_axis(None))
        pd.testing.assert_frame_equal(found.loc[alone.index], alone)
    assert perception_gaps(one.head(0)).empty


def test_areas_on_one_line_are_as_expected() -> None:
    service = np.arange(10.0)
    areas = pd.DataFrame(
        {
            "theme": "t", "direction": "higher", "service": service, "service_error": 0.0,
            "satisfaction": 3 * service + 0.1, "satisfaction_error": 0.0,
        }
    )  # fmt: skip
    found = perception_gaps(areas)
    assert (found["verdict"] == AS_EXPECTED).all()
    assert found["gap"].tolist() == [0.0] * 10
    areas["satisfaction"] += np.where(areas.index == 3, 5.0, 0.0)
    assert perception_gaps(areas)["verdict"][3] == HAPPIER


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1000), st.floats(0.01, 100), st.floats(-50, 50))
def test_unit_and_direction_of_the_measure_make_no_difference(seed: int, scale: float, shift: float) -> None:
    areas, _ = _region(seed, areas=20)
    turned = areas.assign(
        service=shift - scale * areas["service"],
        service_error=scale * areas["service_error"],
        direction="lower",
    )
    numbers = GAP[:-2]
    np.testing.assert_allclose(
        perception_gaps(areas)[numbers], perception_gaps(turned)[numbers], rtol=1e-6, atol=1e-8
    )


def test_what_cannot_be_is_refused() -> None:
    areas, _ = _region(1)
    with pytest.raises(ValueError, match="below zero"):
        perception_gaps(areas.assign(service_error=-1.0))
    with pytest.raises(ValueError, match="higher or lower"):
        perception_gaps(areas.assign(direction="up"))
