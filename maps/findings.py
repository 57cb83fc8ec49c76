"""Headline sentences, made from the verdicts in the warehouse."""

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlencode

from maps import words
from maps.read import Row, Warehouse

# Singular and plural.
PHRASES = {
    "better": ("is better than {comparator}", "are better than {comparator}"),
    "similar": ("is similar", "are similar"),
    "worse": ("is worse", "are worse"),
    "too few data": ("has too few data to tell", "have too few data to tell"),
    "uncertainty unknown": ("has a score of unknown certainty", "have scores of unknown certainty"),
    "not judged": ("is not judged", "are not judged"),
    "not compared": ("has nothing to be compared with", "have nothing to be compared with"),
    "suppressed": ("is suppressed", "are suppressed"),
    "missing": ("has no data", "have no data"),
}


@dataclass(frozen=True)
class Finding:
    """What one outcome says of one level over its longest, latest period."""

    outcome: str
    theme: str
    question: str
    period: str
    level: str
    sentence: str
    counts: tuple[tuple[str, int], ...]
    link: str


def findings(warehouse: Warehouse) -> list[Finding]:
    """Say, for each outcome that authorities have, how many are better, similar or worse than its first comparator."""
    levels = [level for level in warehouse.levels() if level["is_authority"]]
    counts = warehouse.class_counts()
    found = []
    for outcome in warehouse.outcomes():
        for level in levels:
            rows = [
                row
                for row in counts
                if (row["outcome"], row["area_level"]) == (outcome["outcome"], level["area_level"])
            ]
            if rows:
                found.append(_finding(outcome, level, rows))
    return found


def top_problems(warehouse: Warehouse, most: int = 5) -> list[Row]:
    """Return the problems that come first over all themes."""
    return warehouse.rows_if(
        "problem",
        """
        SELECT problem.*, if(problem.kind = 'service', definition.decimals, 1) AS decimals
        FROM marts.problem AS problem JOIN marts.outcome_definition AS definition USING (outcome)
        WHERE rank_overall <= ? ORDER BY rank_overall, problem
        """,
        most,
    )


def only_borderless(warehouse: Warehouse, most: int = 5) -> list[Row]:
    """Return the hotspots that no authority finds alone, those with the most to gain first, with parties' names."""
    names = {
        area["area_code"]: area["area_name"]
        for level in warehouse.levels()
        if level["is_authority"]
        for area in warehouse.areas()
        if area["area_level"] == level["area_level"]
    }
    rows = warehouse.rows_if(
        "hotspot",
        """
        SELECT * EXCLUDE (geom) FROM marts.hotspot WHERE view = 'region' AND is_only_borderless
        ORDER BY excess_per_year DESC NULLS LAST, outcome, layer, hotspot LIMIT ?
        """,
        most,
    )
    for row in rows:
        codes = [code.strip() for code in str(row["party_codes"]).split(",")]
        row["party_names"] = words.listing([str(names.get(code, code)) for code in codes])
    return rows


def hotspots_looked_for(warehouse: Warehouse) -> bool:
    """Say whether the data allow to look for hotspots in the whole region at all."""
    found = "SELECT view FROM marts.hotspot_count WHERE view = 'region' AND reason IS NULL LIMIT 1"
    return bool(warehouse.rows_if("hotspot_count", found))


def _finding(outcome: Row, level: Row, rows: list[Row]) -> Finding:
    comparator = str(outcome["comparator"])
    start, end = max(((row["period_start"], row["period_end"]) for row in rows), key=_span)
    counted = {
        row["class"]: row["area_count"]
        for row in rows
        if (row["period_start"], row["period_end"]) == (start, end)
    }
    absent = level["area_count"] - sum(counted.values())
    if absent > 0:
        counted["missing"] = counted.get("missing", 0) + absent
    counts = tuple((name, counted[name]) for name, _, _ in words.CLASSES if counted.get(name))
    state = {
        "outcome": outcome["outcome"],
        "level": level["area_level"],
        "period": f"{start}_{end}",
        "comparator": comparator,
    }
    return Finding(
        outcome=outcome["label"],
        theme=outcome["theme"],
        question=outcome["question"],
        period=words.period(start, end),
        level=level["label"],
        sentence=sentence(dict(counts), level["area_count"], words.COMPARATORS.get(comparator, comparator)),
        counts=counts,
        link=f"map.html#{urlencode(state)}",
    )


def sentence(counts: dict[str, int], total: int, comparator: str, noun: str = "area") -> str:
    """Write the counts of one view as a sentence; where verdicts exist, none of a kind is said too."""
    verdicts = ("better", "similar", "worse")
    shown = {**(dict.fromkeys(verdicts, 0) if counts.keys() & verdicts else {}), **counts}
    parts = [
        f"{amount or 'none'} {PHRASES[name][amount != 1]}"
        for name, _, _ in words.CLASSES
        if (amount := shown.get(name)) is not None
    ]
    return f"Of {words.count(total, noun)}, {words.listing(parts).format(comparator=comparator)}."


def _span(period: tuple[dt.date, dt.date]) -> tuple[bool, dt.date, dt.date]:
    start, end = period
    return (end - start > dt.timedelta(days=400), start, end)
