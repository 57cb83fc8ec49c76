"""Views of hotspots as tables: what each finds, who is party, and what only the region sees."""

import numpy as np
import pandas as pd
import pytest

from geo.across.hotspot_views import (
    FOUND,
    REGION,
    SITES,
    clusters_of_views,
    sites_of_views,
    usual_of_parts,
)
from geo.across.hotspots import joined

CHAIN = np.column_stack([np.arange(39), np.arange(1, 40)])


def chain(counts, codes=None, context=()):
    """Forty sites in a row, two of which are usual at each."""
    codes = np.array(["E1"] * 20 + ["E2"] * 20 if codes is None else codes)
    return pd.DataFrame(
        {
            "site": np.arange(40),
            "authority_code": codes,
            "is_context": np.isin(codes, context),
            "observed": np.asarray(counts, dtype=float),
            "expected": 2.0,
        }
    )


def peak(at, height, usual=2):
    counts = np.full(40, usual)
    counts[at] = height
    return counts


def views(parts):
    found = sites_of_views(parts, CHAIN, 40, chances=False)
    return found, clusters_of_views(found, parts, CHAIN, 40)


def test_members_are_the_busy_sites_of_hot_windows_joined_by_their_middle():
    hot, high = np.zeros(40, dtype=bool), np.zeros(40, dtype=bool)
    hot[[10, 30]] = True
    high[[9, 11, 12, 30, 35]] = True
    cluster, member = joined(hot, high, CHAIN)
    assert np.flatnonzero(member).tolist() == [9, 11, 30]
    assert {n: int(c) for n, c in enumerate(cluster) if c >= 0} == {9: 9, 10: 9, 11: 9, 30: 30}


def test_a_split_peak_is_found_by_the_region_and_missed_alone():
    found, clusters = views(chain(peak([19, 20], 8)))
    assert list(found) == SITES
    assert list(clusters) == FOUND
    [row] = clusters.to_dict("records")
    assert (row["view"], row["cluster"], row["sites"], row["observed"]) == (REGION, 19, 2, 16)
    # The region's mean is its own: 92 collisions where 80 were usual.
    assert row["expected"] == pytest.approx(2 * 2 * 92 / 80)
    # Nothing else tells sites apart, so in the long run this one is as usual, and has no limits.
    assert row["estimate"] == pytest.approx(row["expected"])
    assert np.isnan([row["lower"], row["upper"]]).all()
    assert (row["acting"], row["seeing"]) == ("E1,E2", "")
    assert row["is_across_borders"]
    assert row["is_only_borderless"]
    assert row["is_found_by_region"]


def test_where_sites_differ_the_excess_is_shrunken_and_has_limits():
    counts = np.tile([0, 5, 1, 2], 10)
    counts[[19, 20]] = 30
    _, clusters = views(chain(counts))
    row = clusters[clusters["view"] == REGION].iloc[0]
    assert row["expected"] < row["lower"] < row["estimate"] < row["upper"]
    assert row["estimate"] < row["observed"]


def test_a_peak_within_one_authority_is_seen_by_it():
    found, clusters = views(chain(peak([9, 10], 14)))
    assert sorted(clusters["view"]) == ["E1", REGION]
    region = clusters[clusters["view"] == REGION].iloc[0]
    assert (region["acting"], region["seeing"]) == ("E1", "E1")
    assert not region["is_only_borderless"]
    alone = clusters[clusters["view"] == "E1"].iloc[0]
    assert alone["is_found_by_region"]
    assert set(found.loc[found["view"] == "E1", "site"]) <= set(range(20))


def test_context_informs_but_is_never_a_place_of_the_region():
    codes = ["E1"] * 20 + ["X9"] * 20
    found, clusters = views(chain(peak([19, 20], 10), codes, context=["X9"]))
    assert set(found["view"]) <= {REGION, "E1"}
    assert found["site"].max() == 19
    row = clusters[clusters["view"] == REGION].iloc[0]
    # Its member is the own site; the neighbour's collisions made the window hot.
    assert (row["cluster"], row["sites"], row["observed"]) == (19, 1, 10)
    apart, _ = views(chain(peak([19], 10), codes, context=["X9"]))
    at = (found["view"] == REGION) & (found["site"] == 19)
    same = (apart["view"] == REGION) & (apart["site"] == 19)
    assert found.loc[at, ["reach", "window_count"]].to_numpy().tolist() == [[1, 10 + 10 + 2]]
    # Without them it is hot by itself only.
    assert apart.loc[same, ["reach", "window_count"]].to_numpy().tolist() == [[0, 10]]


def test_nothing_claimed_where_all_is_usual_or_empty():
    found, clusters = views(chain(np.full(40, 2)))
    assert len(found) == 40
    assert clusters.empty
    assert list(clusters) == FOUND


def test_chances_with_fractions_are_taken():
    counts = peak([19, 20], 8).astype(float) * 0.9
    found = sites_of_views(chain(counts), CHAIN, 40, chances=True)
    assert found.loc[(found["view"] == REGION) & found["is_hot"], "site"].tolist() == [19, 20]


def test_what_is_usual_follows_density_and_leaves_out_what_is_not_known():
    rng = np.random.default_rng(5)
    density = rng.uniform(1, 20, 600)
    parts = pd.DataFrame(
        {
            "site": np.arange(600), "label": "b by length", "exposure": 5.0, "flow": np.nan, "density_around": density,
            "density_here": 1.0,
            "observed": rng.poisson(5 * 0.3 * density**0.6).astype(float), "is_context": False,
        }
    )  # fmt: skip
    usual = usual_of_parts(parts, chances=False)
    assert usual == pytest.approx(5 * 0.3 * density**0.6, rel=0.12)
    parts.loc[0, "density_around"], parts.loc[1, "exposure"], parts.loc[2, "is_context"] = (
        np.nan,
        np.nan,
        True,
    )
    parts.loc[2, "observed"] = 1e6
    again = usual_of_parts(parts, chances=False)
    assert np.isnan(again[:2]).all()
    # The context gets an expected count, and has no say in it.
    assert again[2:] == pytest.approx(usual[2:], rel=0.02)
    assert np.isnan(usual_of_parts(parts.head(7), chances=False)).all()
