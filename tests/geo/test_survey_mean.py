"""Survey means against published worked examples, R's survey package, and sums written out by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.estimates.survey_mean import SURVEY_MEAN, survey_means

# Stata's example of a stratified design (data set `fpc`; also in R's survey package).
FPC = pd.DataFrame(
    {
        "stratum": [1, 1, 1, 1, 1, 2, 2, 2],
        "cluster": [1, 2, 3, 4, 5, 1, 2, 3],
        "weight": [3, 3, 3, 3, 3, 4, 4, 4],
        "score": [2.8, 4.1, 6.8, 6.8, 9.2, 3.7, 6.6, 4.2],
        "place": "all",
    }
)
# One-stage cluster sample of 15 of 757 Californian school districts (apiclus1 of R's survey package): school
# type and academic performance index in 2000. All weights are equal.
SCHOOLS = {
    637: "H608 E684 E612 E710 E729 E714 E759 E585 E625 M664 M669",
    437: "H443 E467 M482 E496",
    778: "M411 E494",
    197: "E493 M592 E550 M689 M598 E628 E652 E628 E832 E777 E709 E709 E736",
    406: "E561 E555",
    815: "H696 M631 E564 E602",
    178: "H529 E491 E510 M547",
    255: "E814 E806 E715 E785 M720 E905 M617 E630 E629 E696 E476 E757 E825 E595 E552 M847",
    568: "H714 H724 H687 H723 E662 E699 E807 M679 E691",
    135: "E622 E754 E655 E764 E795 E505 E638 E733 E523 E511 E710 E657 E602 E490 E664 E651 E603 E698 E511 E814 "
    "E669 E711 E538 E705 E595 E551 E762 E521 E709 E780 E780 E722 E828 E737",
    510: "H595 H661 E502 M614 E585 E582 M642 E536 E746 E667 E629 E745 E674 E637 E696 E632 E639 E745 E789 M656 E789",
    716: "H517 H478 H582 E592 E587 E553 E516 E535 E566 E481 E472 E559 E610 E599 E551 E554 E561 E505 E492 E504 "
    "E487 E627 E465 E529 E625 E436 E542 E515 M461 M528 M512 M508 E670 E760 E652 E546 E717",
    61: "E701 E748 E735 M699 E685 E827 M711 E677 M759 E697 E742 E691 E700",
    413: "E551",
    448: "H703 E676 E714 E842 E824 E717 E836 M733 E719 M817 E749 E781",
}


@pytest.fixture(scope="module")
def schools() -> pd.DataFrame:
    rows = [(d, s[0], float(s[1:])) for d, all_of in SCHOOLS.items() for s in all_of.split()]
    return pd.DataFrame(rows, columns=["cluster", "type", "score"]).assign(
        weight=33.847, stratum="", place="all"
    )


def test_a_stratified_sample_as_stata_and_r_give_it() -> None:
    row = survey_means(FPC, ["place"]).iloc[0]
    assert row.value == pytest.approx(5.448148, abs=1e-6)
    assert row.standard_error == pytest.approx(0.7412683, abs=1e-6)
    assert (row.lower, row.upper) == pytest.approx((3.634330, 7.261966), abs=1e-5)
    assert (row.degrees_of_freedom, row.clusters, row.strata, row.lonely_strata) == (6, 8, 2, 0)
    assert row.design_effect == pytest.approx(1.003906, abs=1e-6)
    assert row.effective_base == pytest.approx(8 / 1.003906, abs=1e-5)


def test_a_cluster_sample_as_r_gives_it(schools: pd.DataFrame) -> None:
    row = survey_means(schools, ["place"]).iloc[0]
    assert row.observations == 183
    assert row.value == pytest.approx(644.169399, abs=1e-6)
    assert row.standard_error == pytest.approx(23.7790107, abs=1e-6)
    assert row.design_effect == pytest.approx(9.25309907, abs=1e-6)
    assert (row.lower, row.upper) == pytest.approx((593.168493, 695.170305), abs=1e-5)
    # The published value (R survey, svymean of dclus1) has the correction for 15 of 757 districts drawn.
    assert row.standard_error * np.sqrt(1 - 15 / 757) == pytest.approx(23.542, abs=5e-4)


def test_a_domain_keeps_the_clusters_it_is_not_in(schools: pd.DataFrame) -> None:
    table = survey_means(schools, ["type"]).set_index("type")
    np.testing.assert_allclose(table["value"], [648.868056, 618.571429, 631.44], atol=1e-6)
    np.testing.assert_allclose(table["standard_error"], [22.5873131, 38.4026282, 31.9273693], atol=1e-6)
    np.testing.assert_allclose(table["design_effect"], [6.51832167, 2.20614083, 2.14242009], atol=1e-6)
    assert table["degrees_of_freedom"].tolist() == [14, 7, 11]
    alone = survey_means(schools[schools["type"] == "H"], ["type"])
    assert alone["standard_error"].iloc[0] != pytest.approx(38.4026282, abs=0.1)


def test_a_lonely_cluster_is_held_against_the_mean_and_counted() -> None:
    # R's survey package with survey.lonely.psu = "adjust" gives these.
    answers = pd.DataFrame(
        {
            "stratum": [1, 1, 1, 2, 3, 3],
            "cluster": [1, 2, 2, 3, 4, 5],
            "weight": [1, 2, 1.5, 3, 1, 2],
            "score": [3, 5, 2, 8, 1, 4],
        }
    )
    row = survey_means(answers.assign(place="all"), ["place"]).iloc[0]
    assert (row.value, row.standard_error) == pytest.approx((4.66666667, 0.99076105), abs=1e-7)
    assert (row.degrees_of_freedom, row.lonely_strata) == (2, 1)
    some = survey_means(
        answers.assign(place=answers["score"].gt(2).map({True: "some", False: None})), ["place"]
    ).iloc[0]
    assert (some.value, some.standard_error) == pytest.approx((5.625, 0.993877743), abs=1e-7)
    assert some.degrees_of_freedom == 1


def test_answers_of_one_cluster_say_nothing_of_how_clusters_vary(schools: pd.DataFrame) -> None:
    one = survey_means(schools.assign(place=np.where(schools["cluster"] == 61, "in", "out")), ["place"])
    assert np.isnan(one.loc[0, ["standard_error", "lower", "upper", "design_effect"]].astype(float)).all()
    assert (one.loc[0, "observations"], one.loc[0, "degrees_of_freedom"]) == (13, 0)
    assert one.loc[0, "effective_base"] == pytest.approx(13)


def test_missing_answers_and_places_count_for_the_design_alone() -> None:
    more = pd.DataFrame(
        {
            "stratum": [1, 2, 2],
            "cluster": [6, 4, 5],
            "weight": [3, 4, 0],
            "score": [np.nan, 50, 60],
            "place": ["all", None, "all"],
        }
    )
    both = survey_means(pd.concat([FPC, more]), ["place"]).iloc[0]
    n = [6, 5]
    z = [FPC["weight"] * (FPC["score"] - 5.448148148) / 27][0].groupby(FPC["stratum"])
    by_hand = sum(k / (k - 1) * ((g**2).sum() - g.sum() ** 2 / k) for k, (_, g) in zip(n, z, strict=True))
    assert (both.observations, both.clusters) == (8, 8)
    assert both.standard_error == pytest.approx(np.sqrt(by_hand))


def test_nobody_answered() -> None:
    empty = survey_means(FPC.assign(score=np.nan), ["place"])
    assert empty.empty
    assert empty.columns.tolist() == ["place", *SURVEY_MEAN]
    with pytest.raises(ValueError, match="below zero"):
        survey_means(FPC.assign(weight=-1), ["place"])


def test_equal_answers_have_no_design_effect() -> None:
    row = survey_means(FPC.assign(score=0.1), ["place"]).iloc[0]
    assert (row.standard_error, row.lower, row.upper) == pytest.approx((0, 0.1, 0.1))
    assert np.isnan(row.design_effect)
    assert row.effective_base == pytest.approx(27**2 / (5 * 9 + 3 * 16))


def test_respondents_drawn_singly_are_their_own_clusters() -> None:
    alone = survey_means(FPC.assign(cluster=None), ["place"])
    pd.testing.assert_frame_equal(alone, survey_means(FPC, ["place"]))


ANSWERS = st.lists(
    st.tuples(
        st.integers(0, 1),  # survey
        st.integers(0, 2),  # stratum
        st.integers(0, 3),  # cluster
        st.integers(0, 2),  # domain
        st.integers(1, 9),  # weight
        st.one_of(st.none(), st.integers(0, 4)),  # score
    ),
    min_size=1,
    max_size=40,
)


def _table(rows: list[tuple[int, ...]]) -> pd.DataFrame:
    names = ["year", "stratum", "cluster", "place", "weight", "score"]
    return pd.DataFrame(rows, columns=names).astype({"score": float, "weight": float})


@settings(max_examples=30, deadline=None)
@given(ANSWERS)
def test_every_domain_is_as_the_formula_written_out(rows: list[tuple[int, ...]]) -> None:
    answers = _table(rows)
    found = survey_means(answers, ["place"], ["year"])
    answered = answers.dropna(subset="score")
    assert len(found) == len(answered[["year", "place"]].drop_duplicates())
    for row in found.to_dict("records"):
        survey = answers[answers["year"] == row["year"]]
        mine = survey[(survey["place"] == row["place"]) & survey["score"].notna()]
        mean = np.average(mine["score"], weights=mine["weight"])
        variance = 0.0
        for _, stratum in survey.groupby("stratum"):
            sums = []
            for name in stratum["cluster"].unique():
                part = mine[mine.index.isin(stratum.index[stratum["cluster"] == name])]
                sums.append(float((part["weight"] * (part["score"] - mean)).sum() / mine["weight"].sum()))
            k = len(sums)
            variance += k * float(np.var(sums, ddof=1)) if k > 1 else sums[0] ** 2
        assert row["value"] == pytest.approx(mean)
        if row["degrees_of_freedom"]:
            assert row["standard_error"] == pytest.approx(np.sqrt(variance), abs=1e-7)
        else:
            assert np.isnan(row["standard_error"])


@settings(max_examples=10, deadline=None)
@given(ANSWERS, st.randoms(use_true_random=False))
def test_order_and_the_unit_of_weights_make_no_difference(
    rows: list[tuple[int, ...]], random: object
) -> None:
    answers = _table(rows)
    shuffled = answers.sample(frac=1, random_state=random.randrange(2**32))  # type: ignore[attr-defined]
    again = survey_means(shuffled.assign(weight=shuffled["weight"] * 7), ["place"], ["year"])
    pd.testing.assert_frame_equal(survey_means(answers, ["place"], ["year"]), again, atol=1e-7)


def test_intervals_cover_as_often_as_they_say() -> None:
    # 2,000 surveys at once: 3 strata of 10 clusters of 8 answers; strata and clusters differ, weights too.
    rng = np.random.default_rng(11)
    surveys, strata, clusters, people = 2000, 3, 10, 8
    shape = (surveys, strata, clusters, people)
    centre = np.array([40.0, 55.0, 70.0])[:, None, None]
    score = centre + rng.normal(0, 5, shape[:3])[..., None] + rng.normal(0, 20, shape)
    year, stratum, cluster, _ = (i.ravel() for i in np.indices(shape))
    table = pd.DataFrame(
        {
            "year": year,
            "stratum": stratum,
            "cluster": cluster,
            "score": score.ravel(),
            "weight": np.array([5.0, 2.0, 1.0])[stratum],
            "place": rng.integers(0, 2, score.size),
        }
    )
    truth = np.average([40, 55, 70], weights=[5, 2, 1])
    for places in (table, table.assign(place="all")):
        found = survey_means(places, ["place"], ["year"])
        covered = found["lower"].le(truth) & found["upper"].ge(truth)
        assert 0.93 < covered.mean() < 0.97
