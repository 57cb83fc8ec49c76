"""The methods page: what every outcome measures and how to read it, from the register of outcomes."""

from pathlib import Path
from typing import Any

from geo.estimates.outcomes import LEVEL_OF_CONFIDENCE
from geo.estimates.significance import FALSE_DISCOVERY_RATE
from maps import words
from maps.pages import Pages
from maps.profile_rows import BAND_KM
from maps.read import THEMES, Warehouse
from maps.summaries import outcome_sources

# In words, what each comparator is.
HELD_AGAINST = {
    "all_areas": "All areas of the same level together; the test holds an area against the others.",
    "parent": "The areas within the same wider area, such as a combined authority.",
    "family": "The areas that the region's own settings put in one family.",
    "statistical_neighbours": "The areas most like it in what the region's settings name, such as deprivation.",
    "usual": "What is usual for roads of the same class, traffic and surroundings.",
}


def write_methods(pages: Pages, warehouse: Warehouse, pictures: dict[str, Path]) -> None:
    """Write the page; `pictures` are those that outcomes have."""
    absent: dict[str, list[str]] = {}
    for row in warehouse.rows_if(
        "not_computable",
        """
        SELECT outcome, coalesce(label, area_level) AS label, reason
        FROM marts.not_computable LEFT JOIN marts.area_level USING (area_level)
        ORDER BY outcome, position, area_level
        """,
    ):
        absent.setdefault(row["outcome"], []).append(f"{row['label']}: {row['reason']}")
    outcomes: dict[str, list[dict[str, Any]]] = {theme: [] for theme in THEMES}
    for outcome in outcome_sources(warehouse):
        picture = pictures.get(outcome["outcome"])
        outcomes.setdefault(outcome["theme"], []).append(
            {
                **outcome,
                "absent": absent.get(outcome["outcome"], []),
                "picture": f"pictures/{picture.name}" if picture else None,
            }
        )
    pages.write(
        "methods.html",
        "Methods",
        "How every figure is made, and how to read it.",
        themes=[(theme, found) for theme, found in outcomes.items() if found],
        classes=words.CLASSES,
        comparators=[(words.COMPARATORS[name], meaning) for name, meaning in HELD_AGAINST.items()],
        discovery=f"{FALSE_DISCOVERY_RATE:.0%}",
        confidence=f"{LEVEL_OF_CONFIDENCE:.0%}",
        band_km=BAND_KM,
    )
