"""Tables of the overview: how each area does over all outcomes, and what each outcome rests on."""

from collections import Counter
from typing import Any

from maps import words
from maps.read import Row, Warehouse


def area_rows(warehouse: Warehouse) -> list[dict[str, Any]]:
    """Every authority with how many outcomes are better, similar or worse there, by name.

    Where no level is marked as the authorities', the coarsest level stands in.
    """
    counted: dict[tuple[str, str], Counter[str]] = {}
    levels = authority_levels(warehouse)
    for level in levels:
        for row in warehouse.latest_figures(level):
            counted.setdefault((level, row["area_code"]), Counter())[row["class"]] += 1
    rows = []
    for area in warehouse.areas():
        key = (area["area_level"], area["area_code"])
        if area["area_level"] in levels:
            counts = counted.get(key, Counter())
            others = sum(counts.values()) - sum(counts[name] for name in ("better", "similar", "worse"))
            rows.append({**area, "counts": counts, "others": others})
    return sorted(rows, key=lambda row: (str(row["area_name"]), row["area_code"]))


def authority_levels(warehouse: Warehouse) -> list[str]:
    """Return the levels of the authorities; the coarsest one where none is marked as theirs."""
    levels = warehouse.levels()
    marked = [level["area_level"] for level in levels if level["is_authority"]]
    return marked or [level["area_level"] for level in levels[:1]]


def outcome_sources(warehouse: Warehouse) -> list[Row]:
    """What each outcome measures, how, over which time, and from which sources."""
    found: dict[str, dict[str, Any]] = {
        row["outcome"]: {**row, "source_ids": set(), "spans": set()} for row in warehouse.outcomes()
    }
    for row in warehouse.outcome_sources():
        if row["outcome"] in found:
            ids = {name.strip() for name in (row["source"] or "").split(",") if name.strip()}
            found[row["outcome"]]["source_ids"] |= ids
            found[row["outcome"]]["spans"].add((row["first"], row["last"]))
    titles = {row["source"]: row["title"] for row in warehouse.sources()}
    for row in found.values():
        row["source_titles"] = sorted({titles.get(name, name) for name in row["source_ids"]})
        spans = row["spans"]
        row["covers"] = (
            words.period(min(first for first, _ in spans), max(last for _, last in spans)) if spans else None
        )
    return list(found.values())
