"""Pages about lines: the two sides of each border, and roads that cross borders."""

from collections import Counter
from collections.abc import Iterable

from maps import read_across, words
from maps.across_parts import Content, amount_or_none, because, letter, source_ids
from maps.figures import Column, interval, listed, number, table, text
from maps.marks import Class, Marks
from maps.read import Row, Warehouse

STRIPS = 40  # corridors drawn section by section; all are in the table
EVENTS = {"collisions": "Collisions", "ksi": "Deaths and serious injuries", "reports": "Reports"}


def borders(warehouse: Warehouse, tolerance: float) -> Content:
    """Hold the sides of each border against each other; a difference is a contrast."""
    rows = read_across.borders(warehouse)
    marks = Marks(
        (
            Class("worse", "A difference was told in something", "line"),
            Class("similar", "No difference told", "line"),
            Class("none", "Too few data, or not computable", "line"),
        ),
        tolerance,
    )
    whole: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        row["what"] = EVENTS.get(row["outcome"], row["outcome"])
        row["border"] = f"{row['area_name']} and {row['neighbour_name']}"
        row["told"] = row["verdict"] or "not computable"
        if (row["corridor"], row["road_class"]) == ("all roads", "all"):
            whole.setdefault((row["area_code"], row["neighbour_code"]), []).append(row)
    for pair, of_pair in whole.items():
        told = {row["told"] for row in of_pair}
        name = (
            "worse" if told & {"higher", "lower"} else "similar" if "no difference told" in told else "none"
        )
        lines = [row["sentence"] for row in of_pair]
        mark = marks.add(name, "/".join(pair), of_pair[0]["border"], lines, pair=list(pair))
        for row in of_pair:
            row["mark"] = mark
    first = [row for of_pair in whole.values() for row in of_pair]
    different = [row for row in first if row["told"] in ("higher", "lower")]
    untold = sum(row["told"] == "no difference told" for row in first)
    rest = len(first) - len(different) - untold
    summary = [
        (
            f"{words.count(len(whole), 'border')} between authorities. All roads within 2 km, each of "
            f"{len(EVENTS)} things counted: a difference was told in {amount_or_none(len(different))} of {len(first):,} "
            f"contrasts and not in {untold:,}; {amount_or_none(rest)} have too few data or cannot be computed."
        ),
        *[row["sentence"] for row in different[:3]],
    ]
    columns = (
        text("Border", "border", kind="head"),
        text("What", "what"),
        text("Roads", "corridor"),
        text("Class", "road_class"),
        text("Contrast on the first side", "told"),
        interval("Times as many (95% limits)", ("rate_ratio", "rate_ratio_lower", "rate_ratio_upper"), 2),
        number("First side", "event_count"),
        number("Other side", "other_event_count"),
        number("q", "q", 3),
        text("What it may be called", "wording"),
        text("Checks that failed", "wording_reason"),
        text("Contrast at 1 km", "verdict_1_km"),
        text("Contrast at 5 km", "verdict_5_km"),
        text("In words", "sentence"),
    )
    return Content(
        summary,
        [table("borders", "Contrasts within 2 km of each border", columns, rows, "border_contrast")],
        because(
            (f"{what} on all roads", f"{reason} ({count:,} of {len(whole):,} borders)")
            for what in EVENTS.values()
            for reason, count in _tally(row["reason"] for row in first if row["what"] == what).items()
        ),
        source_ids(rows),
        marks,
    )  # fmt: skip


def corridors(warehouse: Warehouse, tolerance: float) -> Content:
    """Follow each road across borders, section by section."""
    rows = read_across.corridors(warehouse)
    drawn = [row["corridor"] for row in rows[:STRIPS]]
    parts = read_across.sections(warehouse, drawn)
    names = {"better": "Better than usual", "similar": "Similar", "worse": "Worse than usual"}
    marks = Marks(
        tuple(
            Class(name, label, "line")
            for name, label in (*names.items(), ("none", "Too few data, or not known"))
        ),
        tolerance,
    )
    strips: dict[str, list[Row]] = {name: [] for name in drawn}
    for part in parts:
        part["class"] = part["collision_verdict"] if part["collision_verdict"] in names else "none"
        part["stretch"] = f"{words.number(part['from_km'], 1)} to {words.number(part['to_km'], 1)}"
        part["verdict"] = part["collision_verdict"] or "not known"
        part["of"] = f"{part['corridor']}, section {part['section']}"
        said = f"Collisions: {words.number(part['collision_count'])}, usual {words.number(part['expected_count'], 1)}"
        lines = [f"{part['area_name']}, {part['stretch']} km", said, f"Verdict: {part['verdict']}"]
        identity = f"{part['corridor']}/{part['section']}"
        part["mark"] = marks.add(part["class"], identity, part["of"], lines, wkb=part["wkb"])
        part["told"] = ". ".join([f"{part['of']}: {lines[0]}", *lines[1:]])
        strips[part["corridor"]].append(part)
    for row in rows:
        row["verdict"] = row["collision_verdict"] or "not known"
    worse = sum(row["worse_count"] for row in rows)
    section_count = sum(row["section_count"] for row in rows)
    whole = sum(row["verdict"] == "worse" for row in rows)
    summary = [
        (
            f"{words.count(len(rows), 'corridor')} cross borders, {words.number(sum(row['length_km'] for row in rows))} km "
            f"in {words.count(section_count, 'section')}."
        ),
        (
            f"Worse than usual as a whole: {amount_or_none(whole)}. Sections that are worse "
            f"than usual: {amount_or_none(worse)}, {words.number(sum(row['worse_km'] for row in rows), 1)} km."
        ),
    ]
    summary_columns = (
        text("Corridor", "corridor", kind="head"),
        text("Road class", "road_class"),
        number("Length, km", "length_km", 1),
        number("Authorities", "authority_count"),
        number("Changes of authority", "change_count"),
        text("As a whole", "verdict"),
        interval(
            "Times usual (95% limits)",
            ("collision_ratio", "collision_ratio_lower", "collision_ratio_upper"),
            2,
        ),
        number("Collisions", "collision_count"),
        number("Usual", "expected_count", 1),
        number("Sections", "section_count"),
        number("Worse sections", "worse_count"),
        number("Worse, km", "worse_km", 1),
        number("Contracts ending within a year", "contracts_ending"),
    )
    section_columns = (
        text("Section", "of", kind="head"),
        Column("From and to, km", ("from_km", "to_km"), lambda row: str(row["stretch"]), "number"),
        text("Authority", "area_name"),
        text("Verdict", "verdict", kind="class"),
        number("Collisions", "collision_count"),
        number("Usual", "expected_count", 1),
        interval(
            "Times usual (95% limits)", ("collision_ratio", "collision_ratio_lower", "collision_ratio_upper"), 2
        ),
        interval(
            "Reports per km a year (95% limits)", ("reports_per_km", "reports_per_km_lower", "reports_per_km_upper"), 2
        ),
        interval(
            "Planning time index (95% limits)",
            ("planning_time_index", "planning_time_index_lower", "planning_time_index_upper"), 2,
        ),
        interval("Satisfaction, 0 to 100 (95% limits)", ("satisfaction", "satisfaction_lower", "satisfaction_upper"), 0),
        listed("Not known here, because", "missing", ";"),
    )  # fmt: skip
    return Content(
        summary,
        [
            table("corridors", "Corridors across borders", summary_columns, rows, "corridor_summary"),
            table(
                "sections", "Section by section", section_columns, parts, "corridor_profile", section_count
            ),
        ],
        because(
            (f"{reason.strip()}", f"{count:,} of {len(parts):,} sections")
            for reason, count in _tally(part["missing"] for part in parts).items()
        ),
        source_ids(parts),
        marks,
        [_strip(row, strips[row["corridor"]]) for row in rows[:STRIPS]],
    )


def _strip(corridor: Row, parts: list[Row]) -> Row:
    """A corridor as boxes in per cent of its length, and the authorities along it."""
    whole = sum(part["length_km"] for part in parts) or 1.0
    letters: dict[str, str] = {}
    boxes: list[Row] = []
    holders: list[Row] = []
    at = 0.0
    for part in parts:
        width = 100 * part["length_km"] / whole
        mine = letters.setdefault(part["area_code"], letter(len(letters)))
        boxes.append({"x": at, "width": width, "class": part["class"], "told": part["told"]})
        if not holders or holders[-1]["letter"] != mine:
            holders.append({"x": at, "width": 0.0, "letter": mine, "name": part["area_name"], "km": 0.0})
        holders[-1]["width"] += width
        holders[-1]["km"] += part["length_km"]
        at += width
    return {**corridor, "boxes": boxes, "holders": holders}


def _tally(missing: Iterable[str | None]) -> dict[str, int]:
    """How often each reason is given."""
    counted = Counter(reason.strip() for said in missing for reason in (said or "").split(";"))
    return {reason: counted[reason] for reason in sorted(counted) if reason}
