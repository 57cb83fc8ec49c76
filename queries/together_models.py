"""Models of who should act together: authorities that touch and share problems."""

import pandas as pd

from geo.across.reasons import REASONS
from geo.across.sentences import reasons
from geo.across.shared_problems import authority_losses, group_problems, named_shared
from geo.across.together import act_together, group_facts, partners
from geo.tables import Column, Table
from queries.priority_tables import records
from queries.python_models import Frames, PythonModel


def authority_loss(frames: Frames) -> pd.DataFrame:
    """Share out the loss of problems among the region's own authorities."""
    problems = frames["core.problem_told"].rename(columns={"loss_unit": "unit"})
    made = authority_losses(problems, frames["core.problem_party"])
    return made[made["authority_code"].isin(_codes(frames))]


def action_group_member(frames: Frames) -> pd.DataFrame:
    """Join authorities that touch and share problems; say why the others are alone."""
    if not len(codes := _codes(frames)):
        return pd.DataFrame(columns=[c.name for c in ACTION_GROUP_MEMBER.table.columns])
    largest = int(frames["raw.priority_setting"]["largest_group"].iloc[0])
    groups = act_together(frames["core.authority_loss"], _borders(frames), codes, largest=largest)
    own = frames["core.authority_loss"].groupby("authority_code")["loss"].sum()
    size = groups.groupby("group")["authority_code"].transform("size")
    return groups.assign(
        action_group=groups["group"],
        authority_name=groups["authority_code"].map(_names(frames)),
        members=size,
        loss=groups["authority_code"].map(own).fillna(0.0),
    )[[c.name for c in ACTION_GROUP_MEMBER.table.columns]]


def authority_partner(frames: Frames) -> pd.DataFrame:
    """Find for each authority those with which it shares most, and what."""
    losses = frames["core.authority_loss"]
    found = partners(losses, _borders(frames), _codes(frames))
    names = _names(frames)
    return found.assign(partner_name=found["partner_code"].map(names), shares=named_shared(found, losses))[
        [c.name for c in AUTHORITY_PARTNER.table.columns]
    ]


def action_group(frames: Frames) -> pd.DataFrame:
    """Sum up what each group has, and when its contracts end."""
    members = frames["core.group_member"]
    groups = members.rename(columns={"action_group": "group"}).assign(shared=0.0)
    start = pd.Timestamp(frames["raw.region"]["basis_on"].iloc[0])
    years = int(frames["raw.priority_setting"]["contract_window_years"].iloc[0])
    end = start + pd.DateOffset(years=years)
    corridors = frames["core.corridor_section"].rename(columns={"area_code": "authority_code"})
    facts = group_facts(groups, frames["core.authority_fact"], corridors, _contracts(frames), start, end)
    shared = group_problems(groups, frames["core.authority_loss"])
    rows = facts.drop(columns="shared").merge(shared, on="group", how="left")
    names = _names(frames)
    rows = rows.assign(
        action_group=rows["group"],
        authority_names=[
            ", ".join(_without_comma(names[c]) for c in codes.split(",")) for codes in rows["authority_codes"]
        ],
        window_start=start.date(),
        window_end=end.date(),
    )
    return rows[[c.name for c in ACTION_GROUP.table.columns]]


def action_group_reason(frames: Frames) -> pd.DataFrame:
    """Make the sentences that say what a group shares, from its row of marts.action_group."""
    said = [
        (row["action_group"], n, text)
        for row in records(frames["core.group_fact"])
        for n, text in enumerate(reasons(REASONS["group"], row), 1)
    ]
    return pd.DataFrame(said, columns=["action_group", "nth", "sentence"])


def _contracts(frames: Frames) -> pd.DataFrame:
    """Return the contracts on roads of authorities, of sources that are open row by row, with their last day."""
    contracts, sources = frames["core.contract"], frames["raw.source"]
    is_open = contracts["source"].isin(sources.loc[sources["publish"] == "rows", "source"])
    is_road = contracts["is_road_work"].fillna(value=False).astype(bool)
    rows = contracts[is_open & is_road & contracts["area_code"].notna() & contracts["end_on"].notna()]
    return pd.DataFrame(
        {
            "contract": rows["source"].astype(str) + " " + rows["contract_id"].astype(str),
            "authority_code": rows["area_code"],
            "value_gbp": rows["value"].where(rows["currency"] == "GBP").astype(float),
            "end_on": pd.to_datetime(rows["end_on"]),
        }
    )


def _borders(frames: Frames) -> pd.DataFrame:
    borders, level = frames["core.area_neighbour"], frames["raw.region"]["authority_level"].iloc[0]
    own: pd.DataFrame = borders[borders["area_level"] == level]
    return own


def _codes(frames: Frames) -> list[str]:
    return sorted(frames["core.authority_fact"]["authority_code"])


def _names(frames: Frames) -> dict[str, str]:
    facts = frames["core.authority_fact"]
    return dict(zip(facts["authority_code"], facts["authority_name"], strict=True))


def _without_comma(name: str) -> str:
    """Say Bristol, City of the other way about: commas part names."""
    first, _, last = name.partition(", ")
    return f"{last} {first}" if last else first


_GROUP = Column("action_group", "VARCHAR", "Group: the lowest code of its members. Never null.")
_SCORE_UNIT = "Shares of themes' loss x the themes' weights (marts.priority_weight)."

AUTHORITY_LOSS = PythonModel(
    Table(
        "core.authority_loss",
        "One row per problem that authorities may share, and authority that must act: what it loses to it.",
        (
            Column("problem", "VARCHAR", "A corridor, a theme, or a place of its own. Never null."),
            Column("authority_code", "VARCHAR", "Code of the authority as published. Never null."),
            Column("loss", "DOUBLE", f"Its loss, above 0. {_SCORE_UNIT} Never null."),
            Column("loss_gbp", "DOUBLE", "Its loss in pounds a year; null where there is no price."),
        ),
        key=("problem", "authority_code"),
    ),
    authority_loss,
    inputs=("core.problem_told", "core.problem_party", "core.authority_fact"),
)

ACTION_GROUP_MEMBER = PythonModel(
    Table(
        "core.group_member",
        "One row per authority: the group that it should act with, or why it is alone.",
        (
            _GROUP,
            Column("authority_code", "VARCHAR", "Code of the authority as published. Never null."),
            Column("authority_name", "VARCHAR", "Name of it, for people. Never null."),
            Column("members", "BIGINT", "Authorities of the group: 1 for one alone. Never null."),
            Column("loss", "DOUBLE", f"What it loses to problems. {_SCORE_UNIT} Never null."),
            Column("reason", "VARCHAR", "Why it is alone; null in groups."),
        ),
        key=("authority_code",),
    ),
    action_group_member,
    inputs=(
        "core.authority_loss",
        "core.area_neighbour",
        "core.authority_fact",
        "raw.region",
        "raw.priority_setting",
    ),
)

AUTHORITY_PARTNER = PythonModel(
    Table(
        "marts.authority_partner",
        "One row per authority and one with which it shares problems, the five that share most: touching or not.",
        (
            Column("authority_code", "VARCHAR", "Code of the authority as published. Never null."),
            Column("partner_code", "VARCHAR", "Code of the other. Never null."),
            Column("partner_name", "VARCHAR", "Name of the other. Never null."),
            Column("rank", "BIGINT", "1 shares most. Never null."),
            Column("shared", "DOUBLE", f"What both lose to the same problems. {_SCORE_UNIT} Never null."),
            Column("share", "DOUBLE", "The same, as share of the authority's own loss, 0 to 1. Never null."),
            Column("problems", "BIGINT", "Problems that both have. Never null."),
            Column("shares", "VARCHAR", "The greatest five of these, comma-separated. Never null."),
            Column(
                "is_neighbour", "BOOLEAN", "True where they share a border or a road across it. Never null."
            ),
        ),
        key=("authority_code", "partner_code"),
    ),
    authority_partner,
    inputs=("core.authority_loss", "core.area_neighbour", "core.authority_fact", "raw.region"),
)

ACTION_GROUP = PythonModel(
    Table(
        "core.group_fact",
        "One row per group of authorities that touch and share problems: what they could do together.",
        (
            _GROUP,
            Column("authority_codes", "VARCHAR", "Codes of its members, comma-separated. Never null."),
            Column("authority_names", "VARCHAR", "Their names, likewise. Never null."),
            Column("members", "BIGINT", "How many they are, two at least. Never null."),
            Column("problems", "BIGINT", "Problems that two or more have. Never null."),
            Column("problem_names", "VARCHAR", "The greatest five of these, comma-separated. Never null."),
            Column(
                "shared_gbp",
                "DOUBLE",
                "What members lose to these a year, pounds of the price year; null where none has a price.",
            ),
            Column(
                "road_km", "DOUBLE", "Road they answer for, kilometres; null if any member's is not known."
            ),
            Column(
                "spend_gbp",
                "DOUBLE",
                "Their spend on roads in the newest year of each, pounds; null likewise.",
            ),
            Column("corridors", "BIGINT", "Numbered roads that run through two or more. Never null."),
            Column("window_start", "DATE", "First day of the window: the basis date. Never null."),
            Column("window_end", "DATE", "Last day of the window. Never null."),
            Column("contracts_ending", "BIGINT", "Contracts on roads that end in the window. Never null."),
            Column("ending_members", "BIGINT", "Members that have such a contract. Never null."),
            Column("ending_gbp", "DOUBLE", "Value of those, pounds; null where none is known."),
        ),
        key=("action_group",),
    ),
    action_group,
    inputs=(
        "core.group_member",
        "core.authority_loss",
        "core.authority_fact",
        "core.corridor_section",
        "core.contract",
        "raw.source",
        "raw.region",
        "raw.priority_setting",
    ),
)

ACTION_GROUP_REASON = PythonModel(
    Table(
        "marts.action_group_reason",
        "One row per group and sentence that says what it shares; every number is one of its row in marts.action_group.",
        (
            _GROUP,
            Column("nth", "BIGINT", "Place of the sentence, from 1. Never null."),
            Column("sentence", "VARCHAR", "In words, one sentence. Never null."),
        ),
        key=("action_group", "nth"),
    ),
    action_group_reason,
    inputs=("core.group_fact",),
)

TOGETHER_MODELS: tuple[PythonModel, ...] = (
    AUTHORITY_LOSS,
    ACTION_GROUP_MEMBER,
    AUTHORITY_PARTNER,
    ACTION_GROUP,
    ACTION_GROUP_REASON,
)
