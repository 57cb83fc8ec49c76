"""Contracts for road works as an OCDS 1.1 release package, and who is behind each name in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from geo.arrays import Bools, Floats, Ints, Objects
from geo.sample.service_truth import ServiceTruth

_PREFIX = "ocds-d8000x"
_BASIS = "2024-12-31"
# CPV code and description, the firm that most councils use, what else its own firm is called, and pounds
# per km of maintained road and year.
_WORKS = (
    ("45233141", "Road-maintenance works", "Mesolith Highways Ltd", "Roads", 4_200.0),
    ("45233142", "Road-repair works", "Fathom Five Surfacing Ltd", "Patching", 1_500.0),
    ("45233223", "Carriageway resurfacing works", "Sunken Lane Asphalt Ltd", "Asphalt", 3_600.0),
    ("90620000", "Snow-clearing services", "Rime and Grit Ltd", "Gritting", 400.0),
    ("50232110", "Commissioning of public lighting installations", "Amberglow Lighting Ltd", "Lamps", 900.0),
    ("45233221", "Road-surface painting works", "Whalebone White Lines Ltd", "Lines", 150.0),
)
_ALIASES = ("{0} Council", "{0} BC", "The Council of {0}", "{0} Highways Dept.", "Council - {0}")
# Years that contracts run.
_YEARS = np.array([3, 4, 5, 7])
_VALUE_LOG_SD = 0.25


@dataclass(frozen=True)
class Contracts:
    """The package to publish, and the truths a reader should find.

    `buyers`: buyer_name as published, buyer_id, authority_code, is_alias; one row a spelling.
    `contracts`: ocid, authority_code, supplier_name, cpv, value_gbp, start_on, end_on, ends_within_year.
    """

    package: dict[str, Any]
    buyers: pd.DataFrame
    contracts: pd.DataFrame


def draw_contracts(
    rng: np.random.Generator,
    codes: Sequence[str],
    names: Sequence[str],
    km: Floats,
    truth: ServiceTruth | None = None,
    *,
    basis_on: str = _BASIS,
) -> Contracts:
    """Draw one contract of each kind of works for each authority, all running on the basis day.

    A contract goes to the firm that most councils use for such works, or to a firm of the authority's own
    (`truth.contract_common_supplier_share`; with 0 nobody shares a firm). Where the buyer's name is spelled
    otherwise, its identifier is the procurement system's and not the authority's code.

    Args:
        rng: random stream.
        codes: codes of the highway authorities.
        names: their names.
        km: km of road each maintains.
        truth: planted sizes.
        basis_on: the day, as an ISO date.
    """
    truth = truth or ServiceTruth()
    authority, work = (axis.ravel() for axis in np.indices((len(codes), len(_WORKS))))
    count = len(authority)
    is_common = rng.uniform(size=count) < truth.contract_common_supplier_share
    start, end, is_ending = _periods(rng, count, basis_on, truth)
    rate = np.array([works[-1] for works in _WORKS])[work]
    value = (
        km[authority] * rate * (end - start).days.to_numpy() / 365 * rng.lognormal(0, _VALUE_LOG_SD, count)
    )
    is_alias = rng.uniform(size=count) < truth.contract_alias_share
    # An authority is in one procurement system, under one other spelling.
    other = rng.integers(0, len(_ALIASES), len(codes))
    spelled = [_ALIASES[n].format(name) for n, name in zip(other, names, strict=True)]
    supplier = _suppliers(names, authority, work, is_common)
    table = pd.DataFrame(
        {
            "ocid": [f"{_PREFIX}-{n:06}" for n in range(1, count + 1)],
            "authority_code": np.array(codes, dtype=object)[authority],
            "buyer_name": np.where(is_alias, np.array(spelled, dtype=object)[authority],
                                   np.array(names, dtype=object)[authority]),
            "buyer_id": np.where(is_alias, np.array([f"DL-PROC-{7001 + n}" for n in range(len(codes))],
                                                    dtype=object)[authority],
                                 np.array([f"DL-LAE-{code}" for code in codes], dtype=object)[authority]),
            "is_alias": is_alias,
            "supplier_name": supplier,
            "cpv": np.array([works[0] for works in _WORKS], dtype=object)[work],
            "value_gbp": (np.round(value / 1000) * 1000).astype(np.int64),
            "start_on": start.strftime("%Y-%m-%d"),
            "end_on": end.strftime("%Y-%m-%d"),
            "ends_within_year": is_ending,
        }
    )  # fmt: skip
    buyers = table[["buyer_name", "buyer_id", "authority_code", "is_alias"]].drop_duplicates()
    return Contracts(
        _package(table, basis_on),
        buyers.sort_values(["authority_code", "is_alias"], ignore_index=True),
        table.drop(columns=["buyer_name", "buyer_id", "is_alias"]),
    )


def listed_aliases(buyers: pd.DataFrame) -> pd.DataFrame:
    """Return the aliases a region file would list: of three in turn one by reference, one by name, one not at all."""
    aliases = buyers[buyers["is_alias"]].reset_index(drop=True)
    turn = np.arange(len(aliases)) % 3
    by = {
        "buyer_name": aliases["buyer_name"].where(turn == 1),
        "buyer_id": aliases["buyer_id"].where(turn == 0),
        "area_code": aliases["authority_code"],
    }
    return pd.DataFrame(by)[turn < 2]  # noqa: PLR2004


def _periods(
    rng: np.random.Generator, count: int, basis_on: str, truth: ServiceTruth
) -> tuple[pd.DatetimeIndex, pd.DatetimeIndex, Bools]:
    """Draw first and last days, whole months; some end within a year of the basis day, the others later."""
    months = 12 * rng.choice(_YEARS, count)
    is_ending = rng.uniform(size=count) < truth.contract_ending_share
    left = np.where(is_ending, rng.integers(1, 12, count), rng.integers(13, months))
    following = np.datetime64(basis_on, "M") + 1 + left
    end = following.astype("datetime64[D]") - 1
    start = (following - months).astype("datetime64[D]")
    return pd.DatetimeIndex(start), pd.DatetimeIndex(end), is_ending


def _suppliers(names: Sequence[str], authority: Ints, work: Ints, is_common: Bools) -> Objects:
    common = np.array([works[2] for works in _WORKS], dtype=object)[work]
    own = np.array([f"{names[a]} {_WORKS[w][3]} Ltd" for a, w in zip(authority, work, strict=True)],
                   dtype=object)  # fmt: skip
    return np.where(is_common, common, own)


def _package(table: pd.DataFrame, basis_on: str) -> dict[str, Any]:
    firms = {name: f"DL-COH-{80_000 + n:08}" for n, name in enumerate(sorted(set(table.supplier_name)))}
    what = {works[0]: works[1] for works in _WORKS}
    return {
        "uri": f"urn:doggerland:contracts:{basis_on}",
        "version": "1.1",
        "publishedDate": f"{basis_on}T00:00:00Z",
        "publisher": {"name": "Doggerland Contracts Register (invented)"},
        "license": "https://creativecommons.org/publicdomain/zero/1.0/",
        "releases": [
            _release(row, firms[row["supplier_name"]], what[row["cpv"]])
            for row in table.to_dict(orient="records")
        ],
    }


def _release(row: dict[Any, Any], supplier_id: str, description: str) -> dict[str, Any]:
    buyer = {"id": row["buyer_id"], "name": row["buyer_name"]}
    supplier = {"id": supplier_id, "name": row["supplier_name"]}
    value = {"amount": row["value_gbp"], "currency": "GBP"}
    period = {"startDate": f"{row['start_on']}T00:00:00Z", "endDate": f"{row['end_on']}T23:59:59Z"}
    item = {
        "id": "1",
        "description": description,
        "classification": {"scheme": "CPV", "id": row["cpv"], "description": description},
    }
    title = f"{description} for {row['buyer_name']}"
    return {
        "ocid": row["ocid"],
        "id": f"{row['ocid']}-1",
        "date": period["startDate"],
        "language": "en",
        "tag": ["award", "contract"],
        "initiationType": "tender",
        "parties": [buyer | {"roles": ["buyer"]}, supplier | {"roles": ["supplier"]}],
        "buyer": buyer,
        "tender": {
            "id": f"{row['ocid']}-tender",
            "title": title,
            "status": "complete",
            "procurementMethod": "open",
            "mainProcurementCategory": "works" if row["cpv"].startswith("45") else "services",
            "items": [item],
            "contractPeriod": period,
        },
        "awards": [
            {
                "id": f"{row['ocid']}-award",
                "title": title,
                "status": "active",
                "date": period["startDate"],
                "value": value,
                "suppliers": [supplier],
                "items": [item],
                "contractPeriod": period,
            }
        ],
        "contracts": [
            {
                "id": f"{row['ocid']}-contract",
                "awardID": f"{row['ocid']}-award",
                "status": "active",
                "value": value,
                "period": period,
            }
        ],
    }
