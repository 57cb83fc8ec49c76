"""Models of spend, contracts, and what schemes changed."""

import pandas as pd

from geo.estimates.schemes import scheme_effects
from geo.estimates.value import value_for_money
from geo.similar_names import suggest
from geo.tables import Column, Table
from queries.python_models import Frames, PythonModel


def buyer_suggestion(frames: Frames) -> pd.DataFrame:
    """Suggest authorities for buyers whom none is surely."""
    buyers, areas = frames["core.buyer"], frames["core.area"]
    level = frames["raw.region"]["authority_level"].iloc[0]
    own = areas[(areas["area_level"] == level) & ~areas["is_context"].astype(bool)]
    names = buyers.loc[buyers["area_code"].isna(), "buyer_name"]
    found = suggest(names, zip(own["area_code"], own["area_name"], strict=True))
    return found.rename(columns={"name": "buyer_name", "code": "area_code", "candidate": "area_name"})


def value_frontier(frames: Frames) -> pd.DataFrame:
    """Hold what authorities get against what others get who spend no more."""
    level = frames["raw.region"]["authority_level"].iloc[0]
    estimates = frames["core.estimate"]
    of_authorities = estimates[estimates["area_level"] == level]
    return value_for_money(frames["core.spend"], of_authorities, frames["core.maintained_road"])


def scheme_effect(frames: Frames) -> pd.DataFrame:
    """Estimate what each scheme did to the number of collisions on its roads."""
    schemes = _keyed(frames["staging.scheme"])
    if schemes.empty:
        return pd.DataFrame(columns=[c.name for c in SCHEME_EFFECT.table.columns])
    period = frames["core.period"]
    known = period[period["incident_kind"] == "collision"].groupby("region")
    region = schemes["source"].map(frames["raw.source"].set_index("source")["region"])
    schemes = schemes.assign(
        first_on=region.map(known["period_start"].min()),
        last_on=region.map(known["period_end"].max()),
        is_placed=schemes["placed_by"].notna(),
    )
    like = _linked(frames["core.like_link"], "source").assign(km=lambda f: f["length_m"] / 1000)
    on_scheme = _linked(_keyed(frames["core.scheme_link"])).assign(km=lambda f: f["length_m"] / 1000)
    on_scheme = on_scheme.merge(like[["link", "class"]], on="link")
    found = scheme_effects(
        schemes,
        on_scheme,
        _linked(_keyed(frames["core.scheme_collision"])),
        like,
        _linked(frames["core.like_collision"]),
    )
    named = schemes[["scheme", "source", "scheme_id", "scheme_name", "change", "placed_by"]]
    return found.merge(named, on="scheme")[[c.name for c in SCHEME_EFFECT.table.columns]]


def _keyed(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(scheme=rows["source"].astype(str) + "\n" + rows["scheme_id"].astype(str))


def _linked(rows: pd.DataFrame, source: str = "link_source") -> pd.DataFrame:
    return rows.assign(link=rows[source].astype(str) + "\n" + rows["link_id"].astype(str))


BUYER_SUGGESTION = PythonModel(
    Table(
        "marts.buyer_suggestion",
        "One row per name that contracts are bought under and no authority is surely, and authority whose name is "
        "like it: for a person to decide on, who then writes an alias. Nothing is joined on it.",
        (
            Column("buyer_name", "VARCHAR", "Who buys, as published. Never null."),
            Column("area_code", "VARCHAR", "Code of an authority that may be meant. Never null."),
            Column("area_name", "VARCHAR", "What that authority is called. Never null."),
            Column(
                "score",
                "DOUBLE",
                "How like the names are, 0.6 to 1 (the same but for words such as Council that tell nobody apart).",
            ),
        ),
        key=("buyer_name", "area_code"),
    ),
    buyer_suggestion,
    inputs=("core.buyer", "core.area", "raw.region"),
)

VALUE_FRONTIER = PythonModel(
    Table(
        "marts.value_frontier",
        "One row per authority, financial year and output: what it gets, what it spends, and what others get who "
        "spend no more. Satisfaction of a calendar year stands beside the financial year that begins in it.",
        (
            Column("area_code", "VARCHAR", "Code of the authority. Never null."),
            Column("period_start", "DATE", "First day of the financial year. Never null."),
            Column("period_end", "DATE", "Last day of the financial year. Never null."),
            Column("output", "VARCHAR", "road in good condition, or an outcome of satisfaction. Never null."),
            Column("value", "DOUBLE", "What is got: percent of the road, or points. Never null."),
            Column("value_lower", "DOUBLE", "Lower 95 % limit of what is got; null where not known."),
            Column("value_upper", "DOUBLE", "Upper 95 % limit of what is got; null where not known."),
            Column("spend", "DOUBLE", "What is spent, in spend_unit; null where not known."),
            Column("spend_unit", "VARCHAR", "Pounds per km of road, or per resident, a year. Never null."),
            Column(
                "per_1000_gbp",
                "DOUBLE",
                "Kilometres of road in good condition for each thousand pounds spent in the year; null for "
                "satisfaction, and where spend is not known or not above 0. Roads built or spoiled in other years "
                "count too: it is no measure of work done.",
            ),
            Column("per_1000_gbp_lower", "DOUBLE", "Its lower 95 % limit, from that of the condition."),
            Column("per_1000_gbp_upper", "DOUBLE", "Its upper 95 % limit, from that of the condition."),
            Column(
                "peers",
                "BIGINT",
                "Authorities that spend as much or less, itself among them; null without spend.",
            ),
            Column(
                "frontier",
                "DOUBLE",
                "Best outcome to be expected among ten authorities that spend no more; null where reason says why.",
            ),
            Column("lower", "DOUBLE", "Lower 95 % limit of the frontier; null likewise."),
            Column("upper", "DOUBLE", "Upper 95 % limit of the frontier; null likewise."),
            Column(
                "gap",
                "DOUBLE",
                "By how much the authority is better than its frontier (below 0: worse); null likewise.",
            ),
            Column("gap_lower", "DOUBLE", "Lower 95 % limit of the gap; null likewise."),
            Column("gap_upper", "DOUBLE", "Upper 95 % limit of the gap; null likewise."),
            Column(
                "reason",
                "VARCHAR",
                "Why there is no frontier: no spend, no outcome, or too few that spend no more (30 are needed); null "
                "where there is one.",
            ),
        ),
        key=("area_code", "period_start", "output"),
    ),
    value_frontier,
    inputs=("core.spend", "core.estimate", "core.maintained_road", "raw.region"),
)

SCHEME_EFFECT = PythonModel(
    Table(
        "marts.scheme_effect",
        "One row per scheme: collisions on its roads before and after, against what they would have been without it.",
        (
            Column("source", "VARCHAR", "Source id of the scheme; joins to meta.source. Never null."),
            Column("scheme_id", "VARCHAR", "Publisher's reference of the scheme. Never null."),
            Column("scheme_name", "VARCHAR", "Name; null if not said."),
            Column("change", "VARCHAR", "Kind of change, in the publisher's words; null if not said."),
            Column(
                "placed_by", "VARCHAR", "links, corridor, road, point or area; null where it is not placed."
            ),
            Column("links", "BIGINT", "Road links it is on. Never null."),
            Column("km", "DOUBLE", "Their length within it, kilometres. Never null."),
            Column(
                "before_start", "DATE", "First day of the time before; null where no collisions are known."
            ),
            Column("before_end", "DATE", "Last day of the time before, ahead of any works; null likewise."),
            Column("after_start", "DATE", "First day of the time after; null likewise."),
            Column("after_end", "DATE", "Last day of the time after; null likewise."),
            Column("before_years", "DOUBLE", "Years of the time before; null likewise."),
            Column("after_years", "DOUBLE", "Years of the time after; null likewise."),
            Column("observed_before", "BIGINT", "Collisions before; null where reason says why."),
            Column(
                "estimated_before",
                "DOUBLE",
                "Collisions to be expected of such a place in that time: its own count weighed against like roads; "
                "null likewise.",
            ),
            Column("observed_after", "BIGINT", "Collisions after; null likewise."),
            Column(
                "expected_after",
                "DOUBLE",
                "Collisions to be expected after without the scheme; null likewise.",
            ),
            Column(
                "trend",
                "DOUBLE",
                "Change of collisions a year on like roads without a scheme, after against before; null likewise.",
            ),
            Column("like_links", "BIGINT", "Links of those like roads; null likewise."),
            Column(
                "effectiveness",
                "DOUBLE",
                "Index of effectiveness: 0.8 is a fifth fewer collisions than without the scheme; null likewise.",
            ),
            Column("lower", "DOUBLE", "Its lower 95 % limit; null likewise."),
            Column("upper", "DOUBLE", "Its upper 95 % limit; null likewise."),
            Column("p", "DOUBLE", "Two-sided p-value that the index is 1; null likewise."),
            Column("q", "DOUBLE", "False-discovery-rate q-value over all schemes; null likewise."),
            Column(
                "verdict",
                "VARCHAR",
                "fewer, more, or no difference shown (q below 5 %); null where reason says why.",
            ),
            Column(
                "naive_ratio",
                "DOUBLE",
                "Collisions a year after against before, as plain counts: misleads where a place was chosen for its "
                "bad years. Null likewise, and where there were none before.",
            ),
            Column(
                "naive_effectiveness",
                "DOUBLE",
                "The same with the change of like roads taken out, but regression to the mean left in; null likewise.",
            ),
            Column(
                "regression_to_mean",
                "DOUBLE",
                "Estimated against observed before: 0.7 means that three tenths of them were bad luck; null likewise.",
            ),
            Column("reason", "VARCHAR", "Why nothing can be said; null where something is."),
        ),
        key=("source", "scheme_id"),
    ),
    scheme_effect,
    inputs=(
        "staging.scheme",
        "core.scheme_link",
        "core.scheme_collision",
        "core.like_link",
        "core.like_collision",
        "core.period",
        "raw.source",
    ),
)

VALUE_MODELS: tuple[PythonModel, ...] = (BUYER_SUGGESTION, VALUE_FRONTIER, SCHEME_EFFECT)
