"""Validate every estimator and write the page of results and its pictures.

python -m validation [--seeds 200] [--docs docs]
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from validation import (
    borders,
    change,
    hiding,
    hotspots,
    opinion,
    pictures,
    priorities,
    rates,
    report,
    service,
    verdicts,
    why,
)
from validation.doggerland import GEOGRAPHIES
from validation.results import LEAST_INTERVALS, Study

STUDIES: dict[str, Callable[[int], Study]] = {
    "rates": rates.study,
    "verdicts": verdicts.study,
    "change": change.study,
    "opinion": opinion.study,
    "service": service.study,
    "why": why.study,
    "hiding": hiding.study,
    "hotspots": hotspots.study,
    "priorities": priorities.study,
    "borders": borders.study,
}


def main() -> None:
    """Run all studies, write the page, and say which bars were not passed."""
    parser = argparse.ArgumentParser(description="Estimates against planted truth")
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--docs", type=Path, default=Path("docs"))
    given = parser.parse_args()
    whole = Study()
    for name, study in STUDIES.items():
        print(f"{name} ...", file=sys.stderr, flush=True)
        whole.add(study(given.seeds))
    named = ", ".join(f"{size} (seeds {', '.join(map(str, at))})" for size, at in GEOGRAPHIES.items())
    text = report.page(whole.results, seeds=given.seeds, geographies=named, least=LEAST_INTERVALS)
    (given.docs / "validation.md").write_text(text, "utf-8")
    pictures.draw_all(whole, given.docs / "pictures")
    for result in whole.results:
        if result.verdict not in {"pass", "told"}:
            print(f"{result.verdict}: {result.estimator}, {result.measure}, {result.where}: {result.found}")


if __name__ == "__main__":
    main()
