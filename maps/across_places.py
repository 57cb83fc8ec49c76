"""Pages about places: what to put right first, where collisions gather, what works, and who should act together."""

from collections.abc import Callable

from maps import read_across, words
from maps.across_parts import (
    Content,
    accounting_table,
    amount_or_none,
    because,
    letter,
    not_looked_for,
    source_ids,
    sources_of_outcomes,
)
from maps.figures import MOST, Column, interval, listed, number, percent, sentences, table, text
from maps.marks import Class, Marks
from maps.read import Row, Warehouse

LAYERS = {"grid": "squares of 1 km", "stretch": "stretches of numbered roads"}
COLOURS = 6  # of groups


def priorities(warehouse: Warehouse, tolerance: float) -> Content:
    """Say what to put right first."""
    rows, totals = read_across.problems(warehouse, MOST), read_across.problem_totals(warehouse)
    weighed = read_across.weight_sets(warehouse)
    marks = Marks(
        (
            Class("strong", "Surely worse than usual; two or more must act"),
            Class("plain", "Surely worse than usual"),
            Class("faint", "More than usual, but it may be chance"),
        ),
        tolerance,
    )
    for row in rows:
        together = "strong" if row["acting_count"] > 1 else "plain"
        name = together if row["is_sure"] else "faint"
        where = {"codes": [row["area_code"]]} if row["kind"] == "service" else {"wkb": row["wkb"]}
        row["mark"] = marks.add(name, row["problem"], row["name"], row["sentences"] or [], **where)
        row["certainty"] = "worse than usual" if row["is_sure"] else "may be chance"
    total, sure = totals["all_count"], totals["sure_count"]
    summary = [
        (
            f"{words.count(total, 'problem')}, each event counted once: "
            f"{amount_or_none(sure)} surely worse than usual, {amount_or_none(total - sure)} may be chance."
        ),
        f"In {words.count(totals['together_count'], 'problem')} two or more must act together.",
    ]
    if rows:
        summary.append(f"The greatest under this region's weights is {rows[0]['name']}.")
    others = [row for row in weighed if row["weights"] not in ("region", "equal")]
    if others:
        least = min(others, key=lambda row: (row["kept"], row["weights"]))
        summary.append(
            f"Under the weights that change most ('{least['weights']}'), {least['kept']} of the first ten "
            f"{'is' if least['kept'] == 1 else 'are'} still among the first ten."
        )
    columns = (
        number("Place", "rank_overall"),
        text("Problem", "name", kind="head"),
        sentences("Why", "sentences"),
        text("Who must act (share of events)", "parties", none="nobody is known"),
        text("Certainty", "certainty"),
        Column("Loss a year (95% interval)", ("loss", "loss_lower", "loss_upper"), _loss, "number"),
        Column(
            "In", ("loss_unit", "price_year"),
            lambda row: f"{row['loss_unit']} of {row['price_year']}" if row["price_year"] else str(row["loss_unit"]),
        ),
        number("Place in theme", "rank"),
        Column("95% interval of place", ("rank_lower", "rank_upper"), _places("rank_lower", "rank_upper"), "number"),
        percent("Chance of top 10", "top_10"),
        percent("Chance of top 50", "top_50"),
        Column(
            "Place under other weights", ("best_place", "worst_place"), _places("best_place", "worst_place"), "number"
        ),
        text("Theme", "theme"),
        text("Missing evidence", "evidence_missing", none="nothing"),
    )  # fmt: skip
    weights = (
        text("Weights", "weights", kind="head"),
        text("What each theme counts for", "said"),
        number("Of the region's first ten, still among them", "kept"),
        number("Furthest move of one of them", "furthest"),
    )
    return Content(
        summary,
        [
            table("problems", "Problems, greatest first", columns, rows, "problem", total),
            table("weights", "The same under other weights", weights, weighed, "priority_sensitivity"),
            accounting_table(warehouse, "problem", "What was looked at"),
        ],
        not_looked_for(warehouse, "problem"),
        source_ids(rows),
        marks,
    )


def hotspots(warehouse: Warehouse, tolerance: float) -> Content:
    """Say where collisions gather, and who would see it alone."""
    rows, counts = read_across.hotspots(warehouse), read_across.hotspot_counts(warehouse)
    marks = Marks(
        (
            Class("strong", "Seen only by the region as a whole"),
            Class("plain", "Seen by the region and by an authority alone"),
            Class("faint", "Seen by an authority alone, not by the region"),
        ),
        tolerance,
    )
    for row in rows:
        row["who"] = (
            "only the region as a whole" if row["is_only_borderless"]
            else f"only {row['view_name']} alone" if row["is_only_alone"]
            else "the region, and an authority alone" if row["seen_names"] else "the region"
        )  # fmt: skip
        row["layer_name"] = LAYERS.get(row["layer"], row["layer"])
        name = "strong" if row["is_only_borderless"] else "faint" if row["is_only_alone"] else "plain"
        lines = [
            row["label"],
            f"Seen by: {row['who']}",
            f"Parties: {row['party_names'] or row['party_codes']}",
        ]
        identity = "/".join((row["outcome"], row["layer"], row["view"], row["hotspot"]))
        if len(marks.marks) < MOST:
            row["mark"] = marks.add(name, identity, row["hotspot"], lines, wkb=row["wkb"])
    for row in counts:
        row["layer_name"] = LAYERS.get(row["layer"], row["layer"])
    found = [row for row in rows if not row["is_only_alone"]]
    only = [row for row in found if row["is_only_borderless"]]
    shared = sum(row["is_across_borders"] for row in found)
    both = sum(row["is_across_borders"] for row in only)
    alone = len(rows) - len(found)
    summary = [
        (
            f"The region as a whole shows {words.count(len(found), 'hotspot')}: {amount_or_none(len(only))} that no authority "
            f"would see alone; {amount_or_none(shared)} with more than one party to it, {amount_or_none(both)} of both kinds."
        ),
        (
            f"{words.count(alone, 'hotspot')} {'stands' if alone == 1 else 'stand'} out only where one authority looks at "
            "its own collisions alone, and not against the whole region."
        ),
    ]
    columns = (
        text("Hotspot", "hotspot", kind="head"),
        text("What", "label", none="not described"),
        text("Places are", "layer_name"),
        text("Seen by", "who"),
        text("Would see it alone", "seen_names", none="nobody"),
        text("Parties to it", "party_names"),
        number("Places in it", "site_count"),
        number("Collisions", "observed_count", 1),
        number("Usual", "expected_count", 1),
        interval(
            "Beyond usual a year (95% interval)",
            ("excess_per_year", "excess_per_year_lower", "excess_per_year_upper"), 2,
        ),
        number("q", "q", 4),
    )  # fmt: skip
    views = (
        text("Who looks", "view_name", kind="head"),
        text("What", "label", none="not described"),
        text("Places are", "layer_name"),
        number("Places", "site_count"),
        number("Collisions", "observed_count", 1),
        number("Hotspots", "hotspot_count"),
        number("Across borders", "across_count"),
        number("Seen by no authority alone", "only_borderless_count"),
        number("Not seen by the region", "only_alone_count"),
        text("Not computable, because", "reason"),
    )
    return Content(
        summary,
        [
            table("hotspots", "Hotspots", columns, rows, "hotspot"),
            table("views", "What each would see alone", views, counts, "hotspot_count"),
        ],
        because((f"{row['label']}, {row['layer_name']}", row["reason"]) for row in counts),
        source_ids(rows),
        marks,
    )


def works(warehouse: Warehouse, tolerance: float) -> Content:
    """Say which places do well, and what differs there."""
    rows = read_across.exemplars(warehouse)
    marks = Marks((Class("better", "Does better than usual, year after year"),), tolerance)
    for row in rows:
        if len(marks.marks) < MOST:
            row["mark"] = marks.add("better", row["exemplar"], row["name"], [row["sentence"]], wkb=row["wkb"])
    kinds = {row["kind"]: 0 for row in rows}
    for row in rows:
        kinds[row["kind"]] += 1
    said = words.listing([words.count(amount, kind) for kind, amount in sorted(kinds.items())])
    summary = [
        (
            f"{words.count(len(rows), 'place')} {'does' if len(rows) == 1 else 'do'} better than usual in most years, "
            f"by more than chance{f': {said}' if rows else ''}."
        ),
        "What goes with doing well need not be why: the differences below are where to look, not what to copy.",
    ]
    columns = (
        text("Place", "name", kind="head"),
        text("Authority", "authority_name"),
        text("What", "label"),
        text("How well", "sentence", none="the count may not be shown"),
        text("What differs there", "differences", none="nothing that is known"),
        text("Held against", "place_kind"),
        number("Events", "events"),
        number("Usual, or the comparator", "expected", 1),
        number("Value, for services", "value", 1),
        number("Years known", "years"),
        number("Years better", "better_years"),
        number("q", "q", 4),
        number("Most like it: problems", "problem_count"),
        text("The greatest of these", "problem_names", none="none"),
    )
    return Content(
        summary,
        [
            table("exemplars", "Places that do well", columns, rows, "exemplar"),
            accounting_table(warehouse, "exemplar", "What was looked at"),
        ],
        not_looked_for(warehouse, "exemplar"),
        sources_of_outcomes(warehouse, rows),
        marks,
    )


def together(warehouse: Warehouse, tolerance: float) -> Content:
    """Say which authorities share problems, and what they could do together."""
    rows, everyone = read_across.groups(warehouse), read_across.members(warehouse)
    marks = Marks(_group_classes(rows), tolerance)
    letters = {}
    for at, row in enumerate(rows):
        row["letter"] = letters[row["action_group"]] = letter(at)
        row["mark"] = marks.add(
            f"group-{at % COLOURS}", row["action_group"], f"Group {row['letter']}: {row['authority_names']}",
            row["sentences"] or [], codes=row["authority_codes"].split(","), letter=row["letter"],
        )  # fmt: skip
    for row in everyone:
        row["group"] = letters.get(row["action_group"]) if row["reason"] is None else None
    grouped = sum(row["reason"] is None for row in everyone)
    summary = [
        (
            f"{words.count(grouped, 'authority', 'authorities')} of {len(everyone):,} would gain from acting in "
            f"{words.count(len(rows), 'group')}; outside any: {amount_or_none(len(everyone) - grouped)}. The table says why."
        ),
        *[" ".join(row["sentences"]) for row in rows[:1] if row["sentences"]],
    ]
    columns = (
        text("Group", "letter"),
        text("Authorities", "authority_names", kind="head"),
        sentences("Why, and what they could do", "sentences"),
        number("Shared problems", "problems"),
        listed("The greatest of these", "problem_names", ","),
        number("Lost to these, £ a year", "shared_gbp"),
        number("Road, km", "road_km"),
        number("Spend on roads, £ a year", "spend_gbp"),
        number("Numbered roads through two or more", "corridors"),
        Column(
            "Contracts that end from, to", ("window_start", "window_end"),
            lambda row: f"{words.day(row['window_start'])} to {words.day(row['window_end'])}",
        ),
        number("Contracts that end", "contracts_ending"),
        number("Their value, £", "ending_gbp"),
    )  # fmt: skip
    member_columns = (
        text("Authority", "authority_name", kind="head"),
        text("Group", "group", none="alone"),
        text("Why alone", "reason"),
        text("Shares most with", "partner_name", none="nobody"),
        percent("Share of its own loss", "share"),
        listed("What they share", "shares", ","),
    )
    return Content(
        summary,
        [
            table("groups", "Groups", columns, rows, "action_group"),
            table("members", "Every authority", member_columns, everyone, "action_group_member"),
        ],
        not_looked_for(warehouse, "group"),
        source_ids(read_across.problem_sources(warehouse)),
        marks,
    )


def _group_classes(rows: list[Row]) -> tuple[Class, ...]:
    """One colour for each group, in turn where they are many; the letters tell them apart."""

    def label(at: int) -> str:
        mine = [(letter(n), row["authority_names"]) for n, row in enumerate(rows) if n % COLOURS == at]
        if len(rows) <= COLOURS:
            return ": ".join(mine[0])
        return f"Groups {', '.join(letter for letter, _ in mine)}"

    return tuple(Class(f"group-{at}", label(at), "area") for at in range(min(len(rows), COLOURS)))


def _loss(row: Row) -> str:
    decimals = 0 if row["loss_unit"] == "pounds" else 2
    return interval("", ("loss", "loss_lower", "loss_upper"), decimals).write(row)


def _places(first: str, last: str) -> Callable[[Row], str]:
    """Write the first and last place that something may have."""

    def write(row: Row) -> str:
        low, high = row[first], row[last]
        if low is None:
            return words.NONE
        return f"{low:,}" if low == high else f"{low:,} to {high:,}"

    return write
