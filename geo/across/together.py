"""Who should act together: authorities that touch and share problems, in groups that can still be run."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from geo.arrays import Floats, Ints

# Authorities that share less border than this, and no road, only touch.
LEAST_BORDER_M = 500.0
LARGEST_GROUP = 5
# Of the losses of both, what two groups must share to become one.
LEAST_SHARE = 0.1
GROUPS = ["group", "authority_code", "shared", "reason"]
PARTNERS = ["authority_code", "partner_code", "rank", "shared", "share", "problems", "is_neighbour"]


def contiguous(borders: pd.DataFrame, least_border_m: float = LEAST_BORDER_M) -> pd.DataFrame:
    """Return the pairs that count as contiguous, each once: a border of some length, or a road across it.

    Args:
        borders: ``area_code``, ``neighbour_code``, ``border_m``, ``crossing_count`` (as core.area_neighbour: both ways
            or one; crossings by bridge and ferry may be added by the caller).
        least_border_m: shorter ones (corners, slivers of drawing) need a road.

    Returns:
        ``area_code`` and ``neighbour_code``, the lower code first, in order.
    """
    joined = (borders["border_m"] >= least_border_m) | (borders["crossing_count"] > 0)
    kept = borders.loc[
        joined & (borders["area_code"] != borders["neighbour_code"]), ["area_code", "neighbour_code"]
    ]
    ordered = pd.DataFrame(np.sort(kept.to_numpy(dtype=object), axis=1), columns=kept.columns)
    return ordered.drop_duplicates().sort_values(["area_code", "neighbour_code"], ignore_index=True)


def shared_losses(losses: pd.DataFrame, codes: Sequence[str]) -> tuple[Floats, Ints, Floats]:
    """Return what each two authorities lose to the same problems: the lesser of both losses, summed over problems.

    Args:
        losses: ``problem`` (a hotspot or corridor that crosses their border, or a theme in which both fall short),
            ``authority_code``, ``loss`` in one unit; nulls and what is not above 0 are no loss. One row a problem and
            authority.
        codes: authorities, in the order of the result; others take no part.

    Returns:
        Matrix of shared losses (symmetric, 0 on the diagonal), number of problems that both have, and the loss of each.

    Raises:
        ValueError: a problem with an authority twice.
    """
    own = losses[(losses["loss"] > 0) & losses["authority_code"].isin(codes)]
    if own.duplicated(["problem", "authority_code"]).any():
        raise ValueError("a problem has an authority twice")
    place = pd.Index(codes).get_indexer(pd.Index(own["authority_code"]))
    problem = pd.factorize(own["problem"])[0]
    table = np.zeros((int(problem.max(initial=-1)) + 1, len(codes)))
    table[problem, place] = own["loss"].to_numpy(dtype=float)
    shared = np.array([np.minimum(table, table[:, [k]]).sum(axis=0) for k in range(len(codes))])
    has = (table > 0).astype(np.int64)
    shared = shared.reshape(len(codes), len(codes))
    np.fill_diagonal(shared, 0.0)
    number = has.T @ has
    np.fill_diagonal(number, 0)
    return shared, number, table.sum(axis=0)


def act_together(
    losses: pd.DataFrame,
    borders: pd.DataFrame,
    codes: Sequence[str],
    *,
    largest: int = LARGEST_GROUP,
    least_share: float = LEAST_SHARE,
) -> pd.DataFrame:
    """Join authorities that share problems and touch, the pair of groups that shares most first.

    Two groups may join if they touch, together are no more than `largest`, and share enough: the mean over pairs of
    members (one of each) of shared loss over the lesser of the two members' losses (a share of 1: all that one loses it
    loses to problems of the other). Of groups that may, those with the highest mean join, until none may.

    Args:
        losses: as of ``shared_losses``.
        borders: as of ``contiguous``.
        codes: all authorities.
        largest: members a group may have.
        least_share: 0 to 1, as above.

    Returns:
        GROUPS, one row an authority, by group, then code: ``group`` (its lowest code), ``shared`` (the sum over its
        pairs of members, in the unit of the losses), ``reason`` why an authority is alone (no neighbour by land, no
        problem is known, shares too little with its neighbours), null in groups.

    Raises:
        ValueError: a largest group below 1, a share not from 0 to 1, or a code twice.

    Source: average linkage (Sokal and Michener 1958, Univ Kansas Sci Bull 38:1409) under contiguity, in the manner of
        Openshaw (1977, Trans IBG 2:459). Own, and not spopt's, which part a whole map into regions by how like areas
        are: here most areas stay as they are, and what counts is what two have in common.
    """
    order = sorted(codes)
    if largest < 1 or not 0 <= least_share <= 1 or len(set(order)) < len(order):
        raise ValueError("a group needs room, the share must be from 0 to 1, and codes unique")
    touching = contiguous(borders)
    touching = touching[touching.isin(order).all(axis=1)]
    one, other = (pd.Index(order).get_indexer(pd.Index(touching[c])) for c in touching)
    shared, _, total = shared_losses(losses, order)
    lesser = np.minimum.outer(total, total)
    share = np.divide(shared, lesser, out=np.zeros_like(shared), where=lesser > 0)
    group = _joined(share, np.column_stack([one, other]).astype(np.int64), largest, least_share)
    is_in = group[:, None] == group[None]
    inside = np.bincount(group, (shared * is_in).sum(axis=1) / 2, minlength=len(order))[group]
    size = np.bincount(group, minlength=len(order))[group]
    has_neighbour = np.isin(np.arange(len(order)), np.concatenate([one, other]))
    reason = np.select(
        [size > 1, ~has_neighbour, total == 0],
        ["", "no neighbour by land", "no problem is known"],
        "shares too little with its neighbours",
    )
    names = np.array(order, dtype=object)
    table = pd.DataFrame(
        {
            "group": names[group] if order else names,
            "authority_code": names,
            "shared": inside,
            "reason": np.array([text or None for text in reason], dtype=object),
        }
    )
    return table.sort_values(["group", "authority_code"], ignore_index=True)[GROUPS]


def partners(
    losses: pd.DataFrame, borders: pd.DataFrame, codes: Sequence[str], number: int = 5
) -> pd.DataFrame:
    """Return for each authority those with which it shares most, neighbours or not.

    Returns:
        PARTNERS: by authority, then ``rank`` (1 shares most; of equals neighbours first, then the lowest code), at most
        `number` each; ``shared`` loss in its unit, its ``share`` of the authority's own loss, ``problems`` that both
        have. Who shares nothing with anybody has no row.

    Args:
        losses: as of ``shared_losses``.
        borders: as of ``contiguous``.
        codes: all authorities.
        number: of partners for each.
    """
    order = sorted(codes)
    shared, problems, total = shared_losses(losses, order)
    touching = contiguous(borders)
    pairs = set(zip(touching["area_code"], touching["neighbour_code"], strict=True))
    one, other = np.nonzero(shared > 0)
    table = pd.DataFrame(
        {
            "authority_code": np.array(order, dtype=object)[one],
            "partner_code": np.array(order, dtype=object)[other],
            "shared": shared[one, other],
            "share": shared[one, other] / total[one],
            "problems": problems[one, other],
            "is_neighbour": [
                tuple(sorted((order[a], order[b]))) in pairs for a, b in zip(one, other, strict=True)
            ],
        }
    ).astype({"is_neighbour": bool})
    table = table.sort_values(
        ["authority_code", "shared", "is_neighbour", "partner_code"], ascending=[True, False, False, True]
    )
    table["rank"] = table.groupby("authority_code").cumcount() + 1
    return table[table["rank"] <= number].reset_index(drop=True)[PARTNERS]


def group_facts(
    groups: pd.DataFrame,
    facts: pd.DataFrame,
    corridors: pd.DataFrame,
    contracts: pd.DataFrame,
    window_start: pd.Timestamp,
    window_end: pd.Timestamp,
) -> pd.DataFrame:
    """Sum up what each group of two or more has: km, spend, shared corridors, and contracts that end in time.

    Args:
        groups: as of ``act_together``.
        facts: ``authority_code``, ``road_km``, ``spend_gbp`` (a year); nulls are unknown.
        corridors: ``corridor``, ``authority_code``: which authorities each runs through.
        contracts: ``contract``, ``authority_code``, ``value_gbp``, ``end_on``.
        window_start: first day of the window.
        window_end: last day of it.

    Returns:
        One row a group: ``group``, ``authority_codes`` (comma-separated), ``members``, ``shared``, ``road_km`` and
        ``spend_gbp`` (null if any member's is unknown), ``corridors`` that run through two members or more,
        ``contracts_ending``, ``ending_members`` (members with such a contract) and ``ending_gbp`` (of those whose value
        is known; null for none).
    """
    size = groups.groupby("group")["authority_code"].transform("size")
    own = groups[size > 1].merge(facts, on="authority_code", how="left")
    of = own.groupby("group")
    table = of.agg(
        authority_codes=("authority_code", ",".join),
        members=("authority_code", "size"),
        shared=("shared", "first"),
    )
    for name in ("road_km", "spend_gbp"):
        table[name] = of[name].sum().where(of[name].count() == table["members"])
    runs = corridors.drop_duplicates(["corridor", "authority_code"]).merge(own[["group", "authority_code"]])
    through = runs.groupby(["group", "corridor"]).size()
    both = through[through > 1].groupby("group").size()
    table["corridors"] = both.reindex(table.index, fill_value=0)
    ends = contracts[(contracts["end_on"] >= window_start) & (contracts["end_on"] <= window_end)]
    ends_of = ends.merge(own[["group", "authority_code"]], on="authority_code").groupby("group")
    table["contracts_ending"] = ends_of["contract"].nunique().reindex(table.index, fill_value=0)
    table["ending_members"] = ends_of["authority_code"].nunique().reindex(table.index, fill_value=0)
    # One that two members let together is worth what it is worth once.
    once = ends.merge(own[["group", "authority_code"]], on="authority_code").drop_duplicates(
        ["group", "contract"]
    )
    table["ending_gbp"] = once.groupby("group")["value_gbp"].sum(min_count=1).reindex(table.index)
    return table.reset_index()


def _joined(share: Floats, touching: Ints, largest: int, least_share: float) -> Ints:
    """Return the group of each: the position of its first member."""
    count = len(share)
    group, size = np.arange(count), np.ones(count, dtype=np.int64)
    # Sums over pairs of members, and whether groups touch; rows of groups that were joined to another are emptied.
    total, touch = share.copy(), np.zeros((count, count), dtype=bool)
    touch[touching[:, 0], touching[:, 1]] = True
    touch |= touch.T
    while count > 1:
        mean = np.where(touch & (np.add.outer(size, size) <= largest), total / np.outer(size, size), -1.0)
        # Equals within rounding go to the lowest codes, whatever order sums were made in.
        best = np.round(np.triu(mean, 1) + np.tril(np.full_like(mean, -1.0)), 12)
        a, b = (int(k) for k in np.unravel_index(int(best.argmax()), best.shape))
        if best[a, b] <= 0 or best[a, b] < least_share:
            break
        group[group == b] = a
        size[a] += size[b]
        total[a], touch[a] = total[a] + total[b], touch[a] | touch[b]
        total[:, a], touch[:, a] = total[:, a] + total[:, b], touch[:, a] | touch[:, b]
        touch[a, a] = False
        touch[b], touch[:, b] = False, False
    return group
