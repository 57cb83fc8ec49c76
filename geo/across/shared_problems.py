"""What authorities lose to the same problems, and what they share with whom."""

import numpy as np
import pandas as pd

LOSS = ["problem", "authority_code", "loss", "loss_gbp"]
# As many are named as a reader takes in.
NAMED = 5


def authority_losses(problems: pd.DataFrame, parties: pd.DataFrame) -> pd.DataFrame:
    """Share out the loss of problems among the authorities that must act, and join what is one problem to them.

    Sections of one corridor are one problem, and so is a theme that several fall short in; any other place is its own.

    Args:
        problems: ``problem``, ``kind``, ``theme``, ``corridor``, ``score`` (as of ``priority_scores``; null: none),
            ``counted_loss``, ``unit``.
        parties: PARTY of ``geo.across.problems``; who must act shares the loss by events, evenly where none are known.

    Returns:
        LOSS, one row a joined problem and authority: ``loss`` in the unit of scores, above 0, and ``loss_gbp`` (null
        where no part has a price).
    """
    scored = problems[problems["score"].fillna(0.0) > 0]
    acting = parties[parties["must_act"].astype(bool)]
    share = acting["share"].astype(float).fillna(0.0)
    # A neighbour on whose border the road runs has none of the events for its own; it still has a part in them.
    share = share.where(share > 0, acting["shared_events"].fillna(0).astype(float) / _events_of(acting))
    total = share.groupby(acting["problem"]).transform("sum")
    rows = acting.assign(part=share / total).merge(scored, on="problem")
    joined = np.select(
        [rows["kind"] == "section", rows["kind"] == "service"],
        ["corridor " + rows["corridor"].fillna("").astype(str), "theme " + rows["theme"].astype(str)],
        rows["problem"],
    )
    pounds = rows["counted_loss"].where(rows["unit"] == "pounds").astype(float)
    table = pd.DataFrame(
        {
            "problem": joined,
            "authority_code": rows["party_code"],
            "loss": rows["score"].astype(float) * rows["part"],
            "loss_gbp": pounds * rows["part"],
        }
    )
    by = table.groupby(["problem", "authority_code"], sort=True)
    made = by["loss"].sum().to_frame().assign(loss_gbp=by["loss_gbp"].sum(min_count=1)).reset_index()
    return made[made["loss"] > 0].reset_index(drop=True)[LOSS]


def named_shared(pairs: pd.DataFrame, losses: pd.DataFrame, number: int = NAMED) -> pd.Series:
    """Return for each pair the problems that both have, greatest shared loss first, comma-separated.

    Args:
        pairs: ``authority_code``, ``partner_code``.
        losses: LOSS.
        number: how many are named at most.
    """
    own = losses[["problem", "authority_code", "loss"]]
    other = own.rename(columns={"authority_code": "partner_code", "loss": "partner_loss"})
    both = own.merge(other, on="problem").merge(pairs, on=["authority_code", "partner_code"])
    both["shared"] = both[["loss", "partner_loss"]].min(axis=1)
    both = both.sort_values(["shared", "problem"], ascending=[False, True])
    names = both.groupby(["authority_code", "partner_code"])["problem"].agg(
        lambda s: ", ".join(s.head(number))
    )
    index = pd.MultiIndex.from_frame(pairs[["authority_code", "partner_code"]])
    return pd.Series(names.reindex(index).to_numpy(dtype=object), index=pairs.index, dtype=object)


def group_problems(groups: pd.DataFrame, losses: pd.DataFrame) -> pd.DataFrame:
    """Return what members of each group share: problems that two or more have, and what they lose to them.

    Args:
        groups: ``group``, ``authority_code``.
        losses: LOSS.

    Returns:
        ``group``, ``problems``, ``problem_names`` (greatest loss first, comma-separated), ``shared_gbp`` (null where
        none has a price); groups that share something only.
    """
    rows = losses.merge(groups[["group", "authority_code"]], on="authority_code")
    of = rows.groupby(["group", "problem"])
    table = of.agg(members=("authority_code", "nunique"), loss=("loss", "sum")).assign(
        loss_gbp=of["loss_gbp"].sum(min_count=1)
    )
    both = table[table["members"] > 1].reset_index()
    both = both.sort_values(["group", "loss", "problem"], ascending=[True, False, True])
    by = both.groupby("group")
    made = by.agg(problems=("problem", "size"), problem_names=("problem", lambda s: ", ".join(s.head(NAMED))))
    return made.assign(shared_gbp=by["loss_gbp"].sum(min_count=1)).reset_index()


def _events_of(acting: pd.DataFrame) -> pd.Series:
    events = acting["events"].fillna(0).astype(float) + acting["shared_events"].fillna(0).astype(float)
    return events.groupby(acting["problem"]).transform("sum").replace(0.0, np.nan)
