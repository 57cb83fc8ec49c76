"""One page for each authority, and the page that lists them."""

from typing import Any
from urllib.parse import urlencode

from maps import words
from maps.assets import Assets
from maps.drawings import bullet, scale_of, spark
from maps.findings import sentence
from maps.hierarchy import Key
from maps.pages import Pages
from maps.profile_rows import ProfileRows, profile_rows
from maps.read import Row, Warehouse
from maps.summaries import area_rows, authority_levels

# Two printed pages hold so many of each; the pages of all problems, hotspots and borders have the rest.
PROBLEMS, HOTSPOTS, BORDERS, CONTRACTS, YEARS, NEIGHBOURS = 8, 4, 4, 4, 2, 12


def profile_names(warehouse: Warehouse) -> dict[Key, str]:
    """Name the page of each authority, by level and code; codes alike but for signs and case are numbered."""
    levels = authority_levels(warehouse)
    names: dict[Key, str] = {}
    taken: dict[str, int] = {}
    for area in warehouse.areas():
        if area["area_level"] in levels:
            stem = f"profile-{words.slug(area['area_code'])}"
            taken[stem] = taken.get(stem, 0) + 1
            suffix = f"--{taken[stem]}" if taken[stem] > 1 else ""
            names[area["area_level"], area["area_code"]] = f"{stem}{suffix}.html"
    return names


def write_profiles(pages: Pages, warehouse: Warehouse, assets: Assets, names: dict[Key, str]) -> None:
    """Write the page of each authority and the list of them."""
    areas = {(row["area_level"], row["area_code"]): row for row in area_rows(warehouse)}
    pages.write(
        "profiles.html",
        "Authorities",
        "A profile of each authority: every outcome, and what to do first.",
        areas=[{**area, "page": names[key]} for key, area in areas.items()],
        scripts=[assets.address("pages.js")],
    )
    outcomes, parents = (
        warehouse.outcomes(),
        {(a["area_level"], a["area_code"]): a for a in warehouse.areas()},
    )
    style = assets.address("profile.css")
    set_aside = sum(row["issue_count"] for row in warehouse.issues() if row["severity"] == "rejected")
    for level in authority_levels(warehouse):
        rows = profile_rows(warehouse, level)
        given = [o for o in outcomes if any(outcome == o["outcome"] for _, outcome in rows.figures)]
        scales = {
            o["outcome"]: scale_of(
                row for (_, outcome), row in rows.figures.items() if outcome == o["outcome"]
            )
            for o in given
        }
        periods = {
            outcome: (row["period_start"], row["period_end"]) for (_, outcome), row in rows.figures.items()
        }
        for (of_level, code), name in names.items():
            if of_level != level:
                continue
            area = areas[level, code]
            themes = _themes(given, rows, area, scales, periods)
            pages.write(
                name,
                str(area["area_name"]),
                f"How {area['area_name']} does in each outcome, and what it must act on.",
                template="profile.html.j2",
                styles=[style],
                area=area,
                parent=parents.get((area["parent_level"], area["parent_code"])),
                summary=_summary(themes),
                themes=themes,
                page_of={other: page for (its_level, other), page in names.items() if its_level == level},
                names={
                    other: row["area_name"] for (its_level, other), row in areas.items() if its_level == level
                },
                set_aside=set_aside,
                confidence=_confidence(rows),
                **_parts(rows, code),
            )


def _themes(
    outcomes: list[Row], rows: ProfileRows, area: Row, scales: dict[str, Any], periods: dict[str, Any]
) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return the outcomes of one authority by theme; one without a row is missing, and says so."""
    found: dict[str, list[dict[str, Any]]] = {}
    for outcome in outcomes:
        key = (area["area_code"], outcome["outcome"])
        start, end = periods[outcome["outcome"]]
        figure = rows.figures.get(key)
        state = {
            "outcome": outcome["outcome"], "level": area["area_level"], "period": f"{start}_{end}",
            "comparator": outcome["comparator"], "area": area["area_code"],
        }  # fmt: skip
        found.setdefault(outcome["theme"], []).append(
            {
                **outcome,
                "figure": figure,
                "class": figure["class"] if figure else "missing",
                "period": words.period(start, end),
                "bullet": bullet(figure, scales[outcome["outcome"]]) if figure else None,
                "spark": spark(rows.points.get(key, [])),
                "trend": _trend(rows.trends.get(key), int(outcome["decimals"] or 0)),
                "link": f"map.html#{urlencode(state)}",
            }
        )
    return list(found.items())


def _confidence(rows: ProfileRows) -> str:
    """Write the level of all intervals, if they have one in common."""
    levels = {row["level_of_confidence"] for row in rows.figures.values() if row["lower"] is not None}
    return f"{levels.pop():.0%}" if len(levels) == 1 else "with"


def _trend(row: Row | None, decimals: int) -> dict[str, str] | None:
    """Write a trend: its verdict, the change a year with its limits, and the years."""
    if row is None:
        return None
    years = words.period(row["first_on"], row["last_on"])
    if row["change_per_year"] is None:
        return {"verdict": str(row["verdict"]), "change": row["reason"] or "", "years": years}
    factor, unit, places = (
        (100, " %", 1) if str(row["change_unit"]).startswith("share") else (1, "", decimals + 1)
    )
    change, low, high = (
        words.signed(factor * row[key], places) for key in ("change_per_year", "lower", "upper")
    )
    return {
        "verdict": str(row["verdict"]),
        "change": f"{change}{unit} a year ({low} to {high})",
        "years": years,
    }


def _summary(themes: list[tuple[str, list[dict[str, Any]]]]) -> str | None:
    counts: dict[str, int] = {}
    for _, outcomes in themes:
        for outcome in outcomes:
            counts[outcome["class"]] = counts.get(outcome["class"], 0) + 1
    total = sum(counts.values())
    return sentence(counts, total, "what they are compared with", "outcome") if total else None


def _parts(rows: ProfileRows, code: str) -> dict[str, Any]:
    """Return everything but the outcomes, cut to what two printed pages hold, with how much there is."""
    contracts = rows.contracts.get(code, [])
    borders = rows.borders.get(code, [])
    elsewhere = rows.disagreements.get(code, [])
    return {
        "neighbours": rows.neighbours.get(code, []),
        "alike": rows.alike.get(code, [])[:NEIGHBOURS],
        "problems": rows.problems.get(code, [])[:PROBLEMS],
        "problem_count": len(rows.problems.get(code, [])),
        "hotspots": rows.hotspots.get(code, [])[:HOTSPOTS],
        "hotspot_count": len(rows.hotspots.get(code, [])),
        "borders": [row for row in borders if row["verdict"] in ("higher", "lower")][:BORDERS],
        "border_count": len(borders),
        "told_count": sum(row["verdict"] in ("higher", "lower") for row in borders),
        "group": rows.groups.get(code, []),
        "spend": rows.spend.get(code, [])[:YEARS],
        "contract_count": len(contracts),
        "ending": [row for row in contracts if row["ends_within_year"]][:CONTRACTS],
        "ending_count": sum(bool(row["ends_within_year"]) for row in contracts),
        "here": _summed(row for row in elsewhere if row["located_code"] == code),
        "recorded": _summed(row for row in elsewhere if row["recorded_code"] == code),
        "misfits": rows.misfits.get(code, []),
        "corrections": rows.corrections.get(code, []),
    }


def _summed(rows: Any) -> list[tuple[str, int]]:
    found: dict[str, int] = {}
    for row in rows:
        found[row["incident_kind"]] = found.get(row["incident_kind"], 0) + row["incident_count"]
    return sorted(found.items())
