"""Every number of every sentence on the smallest sample, worked out again from other rows of the marts.

Sentences are read with patterns of this file, and what they say is computed by other means than theirs: from the marts
of outcomes, sections, spend and contracts, not from the tables that sentences are made of.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from scipy import optimize, stats

# Types of frames know no columns.
Read = Callable[[str], Any]
Truth = Mapping[str, Any]
_N = r"£?[\d,]+(?:\.\d+)?(?: million| billion|%)?"


def pattern(text: str) -> re.Pattern[str]:
    """Return what reads such a sentence: <name> is a number of that name, <name=words> any words."""
    return re.compile(re.sub(r"<(\w+)(=words)?>", lambda m: f"(?P<{m[1]}>{'.+' if m[2] else _N})", text))


COLLISIONS = r"<events> collisions? in <years> years? "
LONG_RUN = pattern(r"In the long run <estimate> a year are to be expected, <excess> more than usual\.")
SAVED = pattern(
    r"Preventing what is above the usual would save <loss> a year \(<level> interval <lower> to <upper>\)\."
)
MAY_BE_NOTHING = pattern(
    r"Preventing what is above the usual would save <loss> a year, at most <upper> with <level> confidence, and it may be "
    r"nothing\."
)
PRICES = pattern(r"Pounds are those of <price_year>\.")
RANK = pattern(
    r"It is among the ten greatest of its theme with a probability of <top_10>, among the fifty greatest with <top_50>\."
)
ACT = pattern(r"<acting=words> (?:must act together|can act alone)\.")
SECTION = pattern(
    COLLISIONS + r"on <length_km> km of the <name=words>, where <expected> are usual on such a road\."
)
AREA = pattern(COLLISIONS + r"in <name=words>, where <expected> are usual on such roads\.")
SERVICE = pattern(r"<label=words> in <authority=words>: <value> <unit=words>, where <expected> is usual\.")
SHORTFALL = pattern(
    r"The shortfall is <loss> standard deviations between authorities(?: \(<level> interval <lower> to <upper>\))?\."
)
SAYS = {
    "section": (SECTION, LONG_RUN, SAVED, MAY_BE_NOTHING, PRICES, RANK, ACT),
    "area": (AREA, LONG_RUN, SAVED, MAY_BE_NOTHING, PRICES, RANK, ACT),
    "service": (SERVICE, SHORTFALL, RANK, ACT),
}
GROUP = (
    pattern(r"<names=words> touch and share <problems> problems?(?:, worth <shared> a year)?\."),
    pattern(r"Together they keep <road_km> km of road and spend <spend> a year on it\."),
    pattern(r"<corridors> numbered roads? runs? through more than one of them\."),
    pattern(r"<contracts> contracts? of theirs ends? by <until>, worth <worth>\."),
)
EXEMPLAR = pattern(
    COLLISIONS + r"where <expected> are usual, and fewer than usual in <better_years> of these years\."
)
DIFFERENCE = (
    pattern(
        r"<fact=words> in <authority=words>: <value> <unit=words>, where <median> is the median of <known> authorities\."
    ),
    pattern(r"<fact=words> in <authority=words> are <verdict=words>: <value> of the usual number\."),
)


@pytest.fixture(scope="module")
def read(sample_release: Path) -> Iterator[Read]:
    with duckdb.connect(str(sample_release / "placeline.duckdb"), read_only=True) as con:
        yield lambda sql: con.sql(sql).df()


def agree(said: str, value: float, slack: float = 0.0) -> bool:
    """Tell whether a number in words is the value, rounded as the words are."""
    digits, _, word = said.lstrip("£").replace(",", "").partition(" ")
    scale = {"million": 1e6, "billion": 1e9}.get(word, 1.0)
    if digits.endswith("%"):
        digits, scale = digits[:-1], 0.01
    step = 10.0 ** -len(digits.partition(".")[2]) * scale
    if said.startswith("£") and digits.endswith("000"):
        step = 1e3
    return abs(float(digits) * scale - value) <= step * 0.5000001 + slack


def wrong(
    sentence: str, patterns: tuple[re.Pattern[str], ...], truth: Truth, slack: Mapping[str, float]
) -> list[str]:
    """Return what a sentence says that is not so; a sentence that no pattern reads is wrong as a whole."""
    found = next((m for p in patterns if (m := p.fullmatch(sentence))), None)
    if found is None:
        return [f"nobody knows how to read: {sentence}"]
    faults = []
    for name, said in found.groupdict().items():
        value = truth[name]
        if said is None or (said == value):
            continue
        if isinstance(value, str) or not agree(said, float(value), slack.get(name, 0.0)):
            faults.append(f"{name} is {value}, not {said}, in: {sentence}")
    return faults


def listed(names: list[str]) -> str:
    text = " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
    return text[:1].upper() + text[1:]


def of_section(problem: Any, read: Read) -> dict[str, Any]:
    [row] = read(
        f"""
        SELECT * FROM marts.section_outcome WHERE outcome = 'collisions_against_usual'
            AND corridor = '{problem["corridor"]}' AND section = {problem["section"]}
        """
    ).to_dict("records")
    pounds = "excess_pounds_per_year"
    return {
        "events": row["observed_count"], "length_km": row["length_km"], "expected": row["expected_count"],
        "estimate": row["per_km"] * row["length_km"], "excess": row["excess_per_year"],
        "loss": row[pounds], "lower": row[f"{pounds}_lower"], "upper": row[f"{pounds}_upper"],
        "price_year": row["price_year"], "name": f"{row['corridor'].split('/')[0]} ({row['corridor']}), section "
        f"{row['section']}",
    }  # fmt: skip


def of_area(problem: Any, read: Read) -> dict[str, Any]:
    [row] = read(
        f"""
        SELECT outcome.*, area_name FROM marts.outcome JOIN marts.area USING (area_level, area_code)
        WHERE outcome = 'collisions_against_usual' AND area_level = '{problem["area_level"]}'
            AND area_code = '{problem["area_code"]}' AND period_start = '{problem["period_start"]}'
            AND period_end = '{problem["period_end"]}'
        """
    ).to_dict("records")
    [(pounds, year)] = read(
        """
        SELECT median(excess_pounds_per_year / excess_per_year), any_value(price_year)
        FROM marts.section_outcome WHERE outcome = 'collisions_against_usual'
        """
    ).itertuples(index=False)
    a_year = row["exposure"] / years_of(problem)
    return {
        "events": row["observations"], "expected": row["exposure"], "estimate": row["value"] * a_year,
        "excess": (row["value"] - 1) * a_year, "loss": (row["value"] - 1) * a_year * pounds,
        "lower": (row["lower"] - 1) * a_year * pounds, "upper": (row["upper"] - 1) * a_year * pounds,
        "price_year": year, "name": row["area_name"],
    }  # fmt: skip


def of_service(problem: Any, read: Read) -> dict[str, Any]:
    rows = read(
        f"""
        SELECT outcome.*, area_name, label, unit, direction, comparator_value
        FROM marts.outcome JOIN marts.area USING (area_level, area_code) JOIN marts.outcome_definition USING (outcome)
        LEFT JOIN marts.comparison USING (outcome, area_level, area_code, period_start, period_end, comparator)
        WHERE outcome = '{problem["outcome"]}' AND area_level = '{problem["area_level"]}'
            AND period_end = '{problem["period_end"]}' AND period_start = '{problem["period_start"]}'
        """
    )
    row = rows[rows["area_code"] == problem["area_code"]].iloc[0]
    sign = 1 if row["direction"] == "lower" else -1
    spread = rows["value"].std(ddof=1)
    a = (row["value"] / ((row["upper"] - row["lower"]) / 3.92)) ** 2
    low, high = (stats.gamma.ppf(tail, a, scale=row["value"] / a) for tail in (0.025, 0.975))
    loss, lower, upper = sign * (np.array([row["value"], low, high]) - row["comparator_value"]) / spread
    return {
        "value": row["value"], "expected": row["comparator_value"], "unit": row["unit"], "label": row["label"],
        "authority": row["area_name"], "loss": loss, "lower": min(lower, upper),
        "upper": max(lower, upper),
    }  # fmt: skip


def years_of(problem: Any) -> Any:
    return problem["period_end"].year - problem["period_start"].year + 1


def drawn_tops(problems: Any, truths: Mapping[str, Truth]) -> Any:
    """Rank the problems of a theme again, from gamma distributions found by their upper limits."""
    ranked = problems[problems["part_of"].isna() & problems["loss"].notna()]
    rng, made = np.random.default_rng(0), []
    for _, of in ranked.groupby("theme"):
        drawn = []
        for row in of.itertuples():
            usual = row.estimate - row.excess
            if row.kind == "service":
                spread = abs(row.loss_upper - row.loss_lower) / 3.92
                drawn.append(rng.normal(row.loss, spread, 4000))
                continue
            price = truths[row.problem]["loss"] / row.excess
            upper = truths[row.problem]["upper"] / price + usual
            shape = optimize.brentq(
                lambda a, mean=row.estimate, u=upper: stats.gamma.ppf(0.975, a, scale=mean / a) - u, 1, 1e5
            )
            drawn.append((rng.gamma(shape, row.estimate / shape, 4000) - usual) * price)
        place = (-np.array(drawn)).argsort(axis=0).argsort(axis=0)
        made.append(
            pd.DataFrame({f"top_{n}": (place < n).mean(axis=1) for n in (10, 50)}, index=of["problem"])
        )
    return pd.concat(made)


def test_reasons_of_problems(read: Read) -> None:
    problems = read("FROM marts.problem")
    how = {"section": of_section, "area": of_area, "service": of_service}
    truths = {str(row["problem"]): how[str(row["kind"])](row, read) for _, row in problems.iterrows()}
    tops = drawn_tops(problems, truths).to_dict("index")
    acting = read("SELECT problem, party_name FROM marts.problem_party WHERE must_act ORDER BY ALL")
    acting_names = acting.groupby("problem")["party_name"].agg(list)
    said = read("SELECT * FROM marts.problem_reason ORDER BY problem, nth")
    assert {*said["problem"]} == {*problems["problem"]}
    kinds = problems.set_index("problem")["kind"]
    # Chances of a rank are drawn; the standard error of a service is read from its published limits.
    slack = {"top_10": 0.05, "top_50": 0.05}
    faults = []
    for problem, of in said.groupby("problem"):
        row = problems.set_index("problem").loc[problem]
        truth = {
            **truths[str(problem)], **tops.get(problem, {}), "level": 0.95, "years": years_of(row),
            "acting": listed(acting_names[problem]),
        }  # fmt: skip
        loose = {**slack, **({"lower": 0.1, "upper": 0.1} if kinds[problem] == "service" else {})}
        faults += [f for text in of["sentence"] for f in wrong(text, SAYS[kinds[problem]], truth, loose)]
    assert faults == []
    # Each kind is there, and each says how many, what is lost, and who must act.
    assert {*kinds} == {*SAYS}
    assert said.groupby("problem").size().min() >= 3


def test_reasons_of_groups(read: Read) -> None:
    said = read("SELECT * FROM marts.action_group_reason ORDER BY action_group, nth")
    members = read("SELECT * FROM marts.action_group_member WHERE members > 1 ORDER BY authority_code")
    assert {*said["action_group"]} == {*members["action_group"]} != set()
    money = read(
        """
        SELECT spend.area_code, any_value(spend_gbp) AS spend, any_value(spend_gbp) / arg_max(value, period_start) AS km
        FROM (
            SELECT area_code, sum(revenue_gbp + capital_gbp) AS spend_gbp FROM marts.spend
            WHERE financial_year = (SELECT max(financial_year) FROM marts.spend) AND not_used_because IS NULL GROUP BY ALL
        ) AS spend JOIN marts.outcome USING (area_code) WHERE outcome = 'highway_spend_per_km' GROUP BY ALL
        """
    ).set_index("area_code")
    shared = shared_of(read)
    for group, of in members.groupby("action_group"):
        codes = [*of["authority_code"]]
        contracts = read(
            f"""
            SELECT count(DISTINCT contract_id), sum(value), any_value(year(window_end))
            FROM marts.contract CROSS JOIN marts.action_group
            WHERE action_group = '{group}' AND is_road_work AND area_code IN {(*codes,)}
                AND end_on BETWEEN window_start AND window_end
            """
        ).iloc[0]
        corridors = read(
            f"""
            SELECT count(*) FROM (SELECT corridor FROM marts.corridor_section WHERE area_code IN {(*codes,)}
            GROUP BY corridor HAVING count(DISTINCT area_code) > 1)
            """
        ).iloc[0, 0]
        theirs = shared[shared["party_code"].isin(codes)].groupby("joined")
        both = theirs.agg(members=("party_code", "nunique"), pounds=("pounds", lambda v: v.sum(min_count=1)))
        both = both[both["members"] > 1]
        truth = {
            "names": listed([*of["authority_name"]]), "problems": len(both), "shared": both["pounds"].sum(),
            "road_km": money.loc[codes, "km"].sum(), "spend": money.loc[codes, "spend"].sum(), "corridors": corridors,
            "contracts": contracts.iloc[0], "worth": contracts.iloc[1], "until": contracts.iloc[2],
        }  # fmt: skip
        texts = said.loc[said["action_group"] == group, "sentence"]
        assert [f for text in texts for f in wrong(text, GROUP, truth, {})] == []
        assert len(texts) == len(GROUP)


def shared_of(read: Read) -> Any:
    """Return what each party loses to each problem, sections of a corridor and a theme taken as one."""
    return read(
        """
        WITH part AS (
            SELECT problem, party_code, share, shared_events,
                sum(shared_events + events) OVER (PARTITION BY problem) AS around
            FROM marts.problem_party WHERE must_act
        ), weighed AS (
            SELECT *, CASE WHEN share > 0 THEN share ELSE shared_events / around END AS weight FROM part
        )
        SELECT
            party_code,
            CASE kind WHEN 'section' THEN corridor WHEN 'service' THEN theme ELSE problem END AS joined,
            CASE WHEN loss_unit = 'pounds'
                THEN counted_loss * weight / sum(weight) OVER (PARTITION BY problem) END AS pounds
        FROM weighed JOIN marts.problem USING (problem) WHERE counted_loss > 0
        """
    )


def test_exemplars_and_what_is_different_there(read: Read) -> None:
    exemplars = read("FROM marts.exemplar")
    assert {*exemplars["kind"]} == {"area", "section"}
    faults = []
    for _, row in exemplars.iterrows():
        first, last = (
            pd.Timestamp(int(row[c]), *day) for c, day in (("first_year", (1, 1)), ("last_year", (12, 31)))
        )
        place = pd.Series({**row.to_dict(), "period_start": first, "period_end": last})
        truth = (of_section if row["kind"] == "section" else of_area)(place, read)
        truth |= {"years": years_of(place), "better_years": row["better_years"]}
        faults += wrong(str(row["sentence"]), (EXEMPLAR,), truth, {})
    assert faults == []
    assert (exemplars["better_years"] >= 0.8 * exemplars["years"]).all()
    contracts = read(
        """
        SELECT area_code, count(*) AS contracts, sum(value) AS pounds
        FROM marts.contract CROSS JOIN (SELECT min(window_start) AS window_start FROM marts.action_group)
        WHERE is_road_work AND area_code IS NOT NULL AND window_start BETWEEN start_on AND end_on GROUP BY ALL
        """
    ).set_index("area_code")
    per_km = (
        read(
            "SELECT area_code, arg_max(value, period_start) FROM marts.outcome WHERE outcome = 'highway_spend_per_km' GROUP BY 1"
        )
        .set_index("area_code")
        .iloc[:, 0]
    )
    spend = (
        read(
            """
        SELECT area_code, sum(revenue_gbp + capital_gbp) FROM marts.spend
        WHERE financial_year = (SELECT max(financial_year) FROM marts.spend) GROUP BY 1
        """
        )
        .set_index("area_code")
        .iloc[:, 0]
    )
    known = {
        "Spend on roads": per_km, "Road contracts that run": contracts["contracts"],
        "Value of road contracts that run": contracts["pounds"] / (spend / per_km),
    }  # fmt: skip
    ratios = read(
        """
        SELECT area_code, 'Collisions (' || replace(dimension, '_', ' ') || ': ' || category || ')' AS fact, ratio, verdict
        FROM marts.circumstance WHERE area_level = 'highway_authority'
        """
    ).set_index(["area_code", "fact"])
    differences = read("SELECT * FROM marts.exemplar_difference")
    assert {*differences["exemplar"]} == {*exemplars["exemplar"]}
    for row in differences.itertuples():
        fact = row.fact[:1].upper() + row.fact[1:]
        truth = {"fact": fact, "authority": row.authority_name, "unit": row.unit}
        if fact in known:
            values = known[fact]
            truth |= {"value": values[row.authority_code], "median": values.median(), "known": len(values)}
        else:
            found = ratios.loc[(row.authority_code, fact)]
            truth |= {"value": found["ratio"], "verdict": found["verdict"]}
        assert wrong(row.sentence, DIFFERENCE, truth, {}) == []


def test_a_wrong_number_is_seen() -> None:
    truth = {"events": 12, "years": 5.0, "length_km": 2.04, "name": "A1 (A1/1), section 2", "expected": 6.1}
    text = (
        "12 collisions in 5 years on 2.0 km of the A1 (A1/1), section 2, where 6.1 are usual on such a road."
    )
    assert wrong(text, (SECTION,), truth, {}) == []
    for name, value in (
        ("events", 13),
        ("length_km", 2.06),
        ("expected", 6.2),
        ("name", "A1 (A1/1), section 3"),
    ):
        assert len(wrong(text, (SECTION,), {**truth, name: value}, {})) == 1
    assert len(wrong("Quite a few.", (SECTION,), truth, {})) == 1
    assert agree("£833,000", 832_600)
    assert not agree("£833,000", 834_000)
    assert agree("£1.1 million", 1_140_000)
    assert not agree("62%", 0.63)
