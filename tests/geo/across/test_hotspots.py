"""Hotspots across borders: by hand, at the nominal rate without any, and found where a border splits one."""

import numpy as np
import pandas as pd
import pytest

from geo.across.hotspots import (
    BY_AUTHORITY,
    CLUSTERS,
    HOTSPOTS,
    clusters,
    hotspots,
    hotspots_alone,
    seen_alone_only,
)
from geo.across.windows import around
from tests.geo.across.planted import square

CHAIN = np.column_stack([np.arange(29), np.arange(1, 30)])


def chain(counts, authority=None, exposure=1.0):
    """Thirty sites in a row."""
    return pd.DataFrame(
        {
            "site": np.arange(30),
            "authority_code": ["E1"] * 15 + ["E2"] * 15 if authority is None else authority,
            "kind": "a",
            "count": np.asarray(counts, dtype=float),
            "exposure": exposure,
        }
    )


def split(across=(12, 12), usual=2):
    counts = np.full(30, usual)
    counts[[14, 15]] = across
    return chain(counts)


def test_a_peak_on_both_sides_of_a_border_by_hand():
    parts = split()
    region, alone = hotspots(parts, CHAIN, 30), hotspots_alone(parts, CHAIN)
    assert list(region) == HOTSPOTS
    assert np.flatnonzero(region["is_hot"]).tolist() == [14, 15]
    usual = 80 / 30
    assert region["expected"].tolist() == pytest.approx([usual] * 30)
    assert region.loc[14, "window_count"] == 26
    found = clusters(region, alone, parts, CHAIN)
    assert list(found.clusters) == CLUSTERS
    assert list(found.by_authority) == BY_AUTHORITY
    [row] = found.clusters.to_dict("records")
    assert (row["cluster"], row["cells"], row["events"], row["surplus"]) == (
        14,
        2,
        24,
        pytest.approx(24 - 2 * usual),
    )
    assert (row["authorities"], row["acting"], row["is_across_borders"]) == ("E1,E2", "E1,E2", True)
    assert found.by_authority["surplus_share"].tolist() == [0.5, 0.5]
    assert found.by_authority["expected"].tolist() == pytest.approx([usual] * 2)
    # Each side alone sees its own twelve, and nothing around them that stands out.
    assert alone.loc[alone["site"] == 14, ["reach", "window_count"]].to_numpy().tolist() == [[0, 12]]


def test_what_is_hot_only_for_its_neighbour_is_no_party():
    counts = np.full(30, 2)
    counts[14] = 30
    parts = chain(counts)
    region, alone = hotspots(parts, CHAIN, 30), hotspots_alone(parts, CHAIN)
    [row] = clusters(region, alone, parts, CHAIN).clusters.to_dict("records")
    assert region["is_hot"].to_numpy()[15]
    assert (row["cells"], row["authorities"], row["acting"], row["seeing"]) == (1, "E1", "E1", "E1")
    assert not row["is_across_borders"]
    assert not row["is_only_borderless"]


def test_a_cell_that_a_border_cuts_is_one_for_the_region_and_two_for_its_authorities():
    parts = chain(np.full(30, 2), ["E1"] * 15 + ["E2"] * 15)
    halves = parts[parts["site"] == 14].assign(exposure=0.5, count=9.0)
    cut = pd.concat(
        [parts[parts["site"] != 14], halves, halves.assign(authority_code="E2")], ignore_index=True
    )
    region, alone = hotspots(cut, CHAIN, 30), hotspots_alone(cut, CHAIN)
    assert region.loc[14, "count"] == 18
    assert alone[alone["site"] == 14][["authority_code", "count"]].to_numpy().tolist() == [
        ["E1", 9],
        ["E2", 9],
    ]
    found = clusters(region, alone, cut, CHAIN).by_authority
    assert found.groupby("authority_code")["events"].sum().to_dict() == {"E1": 9, "E2": 9}


def test_parts_in_no_authority_and_without_exposure():
    parts = split()
    parts.loc[14, "authority_code"] = None
    parts.loc[0, "exposure"] = np.nan
    parts.loc[1, "count"] = np.nan
    parts.loc[20:25, "kind"] = None
    region, alone = hotspots(parts, CHAIN, 30), hotspots_alone(parts, CHAIN)
    assert region.loc[[0, 1], HOTSPOTS[:-1]].isna().all(axis=None)
    assert region.loc[22, "expected"] == pytest.approx(2)
    assert not region.loc[0, "is_hot"]
    assert 14 not in set(alone["site"])
    assert 0 not in set(alone["site"])
    [row] = clusters(region, alone, parts, CHAIN).clusters.to_dict("records")
    assert row["events"] == 24
    assert "E2" in row["acting"]


def test_without_events_or_sites_there_are_no_hotspots():
    none = chain(np.zeros(30))
    region, alone = hotspots(none, CHAIN, 30), hotspots_alone(none, CHAIN)
    assert not region["is_hot"].any()
    found = clusters(region, alone, none, CHAIN)
    assert found.clusters.empty
    assert list(found.clusters) == CLUSTERS
    empty, no_pairs = none.iloc[:0], np.empty((0, 2), dtype=np.int64)
    assert hotspots(empty, no_pairs, 0).empty
    assert hotspots_alone(empty, no_pairs).empty


def test_a_claim_of_an_authority_alone_is_told_too():
    # By its own low rate an authority sees a peak that is usual elsewhere.
    counts = np.array([1] * 15 + [7] * 15)
    counts[7] = 9
    parts = chain(counts)
    region, alone = hotspots(parts, CHAIN, 30), hotspots_alone(parts, CHAIN)
    only = seen_alone_only(region, alone, CHAIN)
    assert set(only["authority_code"]) == {"E1"}
    assert set(only["site"]) == {7}


def test_places_with_fewer_events_than_usual():
    counts = np.full(30, 12)
    counts[[14, 15]] = 1
    region = hotspots(chain(counts), CHAIN, 30, is_high=False)
    assert {14, 15} <= set(np.flatnonzero(region["is_hot"]))


@pytest.mark.parametrize("dispersion", [0.0, 0.3])
def test_without_hotspots_claims_keep_to_the_nominal_rate(dispersion):
    """Thirty squares: any claim is false, and at most 5 % (plus two Monte Carlo errors) may have one."""
    claims = alone = 0
    for seed in range(30):
        planted = square(seed, side=12, mean=2.0, dispersion=dispersion)
        claims += bool(hotspots(planted.parts, planted.pairs, planted.sites)["is_hot"].any())
        own = hotspots_alone(planted.parts, planted.pairs)
        alone += own.groupby("authority_code")["is_hot"].any().sum()
    assert claims / 30 <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 30)
    assert alone / 60 <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 60)


def test_a_hotspot_that_a_border_splits_is_found_and_missed_alone():
    """Four cells at five times the rate, two on either side, three events a cell usual, k = 0.15."""
    found, missed, false = 0, 0, []
    for seed in range(24):
        planted = square(seed, ratio=5.0)
        region = hotspots(planted.parts, planted.pairs, planted.sites)
        alone = hotspots_alone(planted.parts, planted.pairs)
        joined = clusters(region, alone, planted.parts, planted.pairs)
        here = joined.clusters[joined.clusters["cluster"].isin(joined.member[planted.is_hot])]
        found += bool(here["is_across_borders"].any())
        missed += bool((here["is_across_borders"] & (here["seeing"] != here["acting"])).any())
        near = around(planted.pairs, planted.sites) @ planted.is_hot > 0
        false.append((region["is_hot"] & ~near).sum() / max(region["is_hot"].sum(), 1))
    assert found / 24 >= 0.8
    assert missed / 24 >= 0.2
    assert np.mean(false) <= 0.05
