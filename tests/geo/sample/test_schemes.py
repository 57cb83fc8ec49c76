"""Schemes of the sample: what is prevented is a random part, on the right links, from the right day."""

import numpy as np
import pandas as pd

from geo.sample.schemes import is_prevented, scheme_tables
from geo.sample.truth import Truth, with_effects


def test_only_collisions_on_its_links_once_it_is_open_are_prevented() -> None:
    rng = np.random.default_rng(1)
    truth = Truth()
    count = 20_000
    link = rng.integers(0, 2, count)
    at = pd.DatetimeIndex(
        pd.Timestamp(truth.scheme_opened_on) + pd.to_timedelta(rng.integers(-500, 500, count), "D")
    )
    gone = is_prevented(rng, link, at, np.array([False, True]), truth)
    may = (link == 1) & (at >= pd.Timestamp(truth.scheme_opened_on))
    assert not gone[~may].any()
    share = 1 - truth.scheme_rate_ratio
    assert abs(gone[may].mean() - share) < 4 * np.sqrt(share * (1 - share) / may.sum())


def test_a_ratio_of_one_prevents_nothing() -> None:
    truth = with_effects(Truth(), {"scheme_rate_ratio": 1.0})
    at = pd.DatetimeIndex(["2024-06-01"] * 1000)
    rng = np.random.default_rng(2)
    assert not is_prevented(rng, np.zeros(1000, dtype=np.int64), at, np.array([True]), truth).any()


def test_a_scheme_that_is_nowhere_is_not_written() -> None:
    ids = np.array(["L1", "L2"], dtype=object)
    none = np.zeros(2, dtype=bool)
    table, true = scheme_tables(ids, none, np.array([1]), ["N1"], Truth())
    assert table["scheme_id"].tolist() == true["scheme_id"].tolist() == ["DL-S2", "DL-S3"]
    assert table["link_ids"].tolist()[0] == "L2"
