from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtri

from geo.sample.doggerland import OUTERWELL
from geo.sample.satisfaction import (
    AGE_SHARES,
    Surveyed,
    make_latent,
    satisfied_by_authority,
    satisfied_by_small_area,
    score_table,
    service_by_authority,
    standardised,
)
from geo.sample.survey import _ASKED_A_CLUSTER, _ask, draw_survey
from geo.sample.truth import CONDITION, DAYS_TO_FIX, OVERALL, REPAIR, SURFACES, Truth, with_effects
from tests.geo.sample import toy

_NO_NOISE = {
    "satisfaction_authority_sd": 0.0,
    "satisfaction_small_area_sd": 0.0,
    "satisfaction_deprivation_weight": 0.0,
    **{f"satisfaction_by_age.{age}": 0.0 for age in AGE_SHARES},
}
_PLAIN = with_effects(Truth(), _NO_NOISE)
_MISMATCH = Truth().satisfaction_mismatch[OUTERWELL]


def _region(authorities=6, each=40):
    size = authorities * each
    rng = np.random.default_rng(4)
    codes = [f"E{n:02}" for n in range(authorities - 1)] + [OUTERWELL]
    return Surveyed(
        [f"A{n:04}" for n in range(size)],
        rng.integers(1000, 3000, size) * np.repeat(np.arange(1, authorities + 1), each),
        rng.uniform(5, 60, size),
        np.repeat(np.arange(authorities), each),
        codes,
    )


WHERE = _region()


def _service():
    rng = np.random.default_rng(6)
    size = len(WHERE.people)
    drivers = {d: rng.gamma(3, 2, size) for d in (CONDITION, "collisions_per_km", "spend_per_km")}
    return drivers | {DAYS_TO_FIX: np.array([11.0, 8, 14, 41, 10, 12])[WHERE.authority]}


SERVICE = _service()


def _latent(truth, seed=1):
    return make_latent(np.random.default_rng(seed), WHERE, SERVICE, truth)


def _weights(latent, truth, question):
    """Return the weights that a probit of true shares on standardised service finds."""
    table = satisfied_by_small_area(latent, WHERE, [2022], truth)
    share = table[table.question == question].satisfied_share.to_numpy()
    drivers = {d: standardised(v, WHERE.people) for d, v in SERVICE.items()}
    columns = np.column_stack([*drivers.values(), WHERE.authority == 5, np.ones(len(share))])
    found = np.linalg.lstsq(columns, ndtri(share), rcond=None)[0]
    return dict(zip([*drivers, "mismatch", "base"], found, strict=True))


@pytest.mark.parametrize("question", [OVERALL, SURFACES, REPAIR])
def test_the_weights_of_drivers_are_those_planted(question):
    found = _weights(_latent(_PLAIN), _PLAIN, question)
    planted = Truth().driver_weight[question]
    assert {d: found[d] for d in planted} == pytest.approx(planted, abs=1e-9)
    assert found["mismatch"] == pytest.approx(_MISMATCH)
    assert found["base"] == pytest.approx(ndtri(Truth().satisfied_share[question]))


def test_the_weights_can_be_found_through_the_noise():
    truth = with_effects(Truth(), {"satisfaction_authority_sd": 0.0})
    found = _weights(_latent(truth), truth, OVERALL)
    for driver, weight in Truth().driver_weight[OVERALL].items():
        assert found[driver] == pytest.approx(weight, abs=0.04)
    assert found["mismatch"] == pytest.approx(_MISMATCH, abs=0.1)


def test_weights_and_mismatch_of_zero_leave_nothing():
    none = {f"driver_weight.{OVERALL}.{d}": 0.0 for d in Truth().driver_weight[OVERALL]}
    truth = with_effects(_PLAIN, none | {f"satisfaction_mismatch.{OUTERWELL}": 0.0})
    latent = _latent(truth).by_question[OVERALL]
    assert latent == pytest.approx(np.full(len(latent), ndtri(0.46)))


def test_the_share_of_an_authority_is_that_of_its_people():
    latent = _latent(Truth())
    small = satisfied_by_small_area(latent, WHERE, [2020, 2024], Truth())
    large = satisfied_by_authority(latent, WHERE, [2020, 2024], Truth())
    small = small.assign(
        authority=np.tile(np.array(WHERE.authorities)[WHERE.authority], len(small) // len(WHERE.people)),
        people=np.tile(WHERE.people, len(small) // len(WHERE.people)),
    )
    for row in large.itertuples():
        own = small[
            (small.authority == row.area_code) & (small.year == row.year) & (small.question == row.question)
        ]
        assert np.average(own.satisfied_share, weights=own.people) == pytest.approx(row.satisfied_share)
    by_year = large.groupby("year").satisfied_share.mean()
    assert by_year[2024] < by_year[2020] - 0.03


def test_what_was_not_measured_counts_as_average():
    people = np.array([1, 1, 2, 5])
    assert standardised(np.array([1.0, 3.0, 2.0, np.nan]), people).tolist() == pytest.approx(
        [-np.sqrt(2), np.sqrt(2), 0, 0]
    )
    assert standardised(np.full(4, 0.1), people).tolist() == [0, 0, 0, 0]
    assert standardised(np.full(4, np.nan), people).tolist() == [0, 0, 0, 0]


def test_service_and_mismatch_are_told_by_authority():
    told = service_by_authority(_latent(Truth()), WHERE, Truth()).set_index("area_code")
    assert told.satisfaction_mismatch.to_dict() == dict.fromkeys(WHERE.authorities, 0.0) | {
        OUTERWELL: _MISMATCH
    }
    assert told[f"{DAYS_TO_FIX}_standardised"].idxmax() == "E03"


def test_scores_come_from_the_true_shares():
    shares = satisfied_by_authority(_latent(Truth()), WHERE, [2021, 2022], Truth())
    scores = score_table(np.random.default_rng(2), shares, (OVERALL, SURFACES))
    assert len(scores) == 6 * 2 * 2
    true = shares.set_index(["area_code", "year", "question"]).satisfied_share
    key = pd.MultiIndex.from_frame(scores[["area_code", "year", "indicator"]])
    error = (scores.score / 100 - true[key].to_numpy()) / np.sqrt(0.25 / scores.base.astype(float))
    assert error.abs().max() < 3.5
    assert error.abs().max() > 0.1


@pytest.fixture(scope="module")
def surveyed():
    truth = Truth()
    latent = _latent(truth)
    years = list(range(2010, 2035))
    return latent, draw_survey(np.random.default_rng(3), latent, WHERE, years, truth), years


def test_weights_undo_what_answering_and_sampling_bend(surveyed):
    latent, survey, years = surveyed
    answers = survey.answers[survey.answers.question == OVERALL].dropna()
    true = satisfied_by_small_area(latent, WHERE, years, Truth())
    true = true[true.question == OVERALL]
    share = np.average(true.satisfied_share, weights=np.tile(WHERE.people, len(years)))
    satisfied = answers.rating >= 4
    assert np.average(satisfied, weights=answers.weight) == pytest.approx(share, abs=0.015)
    assert satisfied.mean() > share + 0.025


def test_weights_undo_bent_ages(surveyed):
    _, survey, _ = surveyed
    answers = survey.answers.drop_duplicates("respondent_id")
    weighted = answers.groupby("age_band").weight.sum() / answers.weight.sum()
    assert weighted.to_dict() == pytest.approx(AGE_SHARES, abs=0.015)
    assert answers.age_band.value_counts(normalize=True)["16-34"] < 0.2


def test_without_an_effect_of_age_answers_need_no_weight_for_it():
    equal = {f"response_share.{age}": 0.3 for age in AGE_SHARES} | {"response_ratio_most_deprived": 1.0}
    truth = with_effects(Truth(), equal)
    survey = draw_survey(np.random.default_rng(3), _latent(truth), WHERE, [2022, 2023], truth)
    rates = survey.response.groupby("age_band")[["asked_count", "answered_count"]].sum()
    assert (rates.answered_count / rates.asked_count).to_numpy() == pytest.approx(0.3, abs=0.03)
    by_stratum = survey.answers.groupby("stratum").weight
    assert (by_stratum.max() / by_stratum.min()).max() < 1.05


def test_response_follows_age_and_deprivation(surveyed):
    _, survey, _ = surveyed
    total = survey.response.groupby("age_band")[["asked_count", "answered_count"]].sum()
    rates = total.answered_count / total.asked_count
    # Deprivation takes it down to 0.55 at most.
    assert (rates / pd.Series(Truth().response_share)).between(0.7, 0.85).all()
    deprived = dict(zip(WHERE.small_areas, WHERE.deprivation, strict=True))
    answered = survey.answers.drop_duplicates("respondent_id").area_code.map(deprived)
    weights = survey.answers.drop_duplicates("respondent_id").weight
    assert answered.mean() < np.average(answered, weights=weights) - 1
    assert survey.response.answered_count.sum() == survey.answers.respondent_id.nunique()


def test_some_do_not_know(surveyed):
    _, survey, _ = surveyed
    share = survey.answers.rating.isna().groupby(survey.answers.question).mean()
    assert share.to_dict() == pytest.approx(Truth().dont_know_share, abs=0.015)
    assert survey.answers.rating.dropna().between(1, 5).all()


def test_everyone_is_asked_every_question_once(surveyed):
    _, survey, _ = surveyed
    answers = survey.answers
    assert not answers.duplicated(["respondent_id", "question"]).any()
    assert (answers.groupby("respondent_id").question.nunique() == 5).all()
    assert (answers.groupby(answers.date.str[:4]).weight.mean() - 1).abs().max() < 1e-3
    assert (answers.psu == answers.date.str[:4] + "-" + answers.area_code).all()
    assert answers.groupby([answers.date.str[:4], "stratum"]).psu.nunique().between(8, 12).all()


def test_everyone_in_an_authority_is_as_likely_to_be_asked():
    rng = np.random.default_rng(3)
    asked = np.concatenate([_ask(rng, WHERE).area for _ in range(400)])
    drawn = np.bincount(asked, minlength=len(WHERE.people)) / _ASKED_A_CLUSTER
    people = WHERE.people / np.bincount(WHERE.authority, WHERE.people)[WHERE.authority]
    expected = 12 * 400 * people
    # At even steps, a draw varies less than by chance.
    assert (((drawn - expected) ** 2 / expected).sum()) < len(people)
    assert np.corrcoef(drawn, expected)[0, 1] > 0.9


def test_a_survey_of_the_toy_can_be_drawn_twice_the_same():
    latent = make_latent(np.random.default_rng(1), toy.SURVEYED, {}, Truth())
    one, two = (
        draw_survey(np.random.default_rng(9), latent, toy.SURVEYED, [2022], Truth()).answers for _ in range(2)
    )
    pd.testing.assert_frame_equal(one, two)


def test_the_deprived_are_less_satisfied_unless_told_otherwise():
    for weight in (-0.3, 0.0):
        truth = replace(_PLAIN, satisfaction_deprivation_weight=weight)
        latent = _latent(truth).by_question[OVERALL] - _latent(_PLAIN).by_question[OVERALL]
        assert latent == pytest.approx(weight * standardised(WHERE.deprivation, WHERE.people), abs=1e-12)
