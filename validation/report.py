"""The page docs/validation.md, made from results and from the list of worked examples."""

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from validation.pictures import NAMES
from validation.results import Result

EXAMPLES = Path(__file__).parent / "examples.toml"
_HEAD = """# Validation

`make validate` makes this page and its pictures anew from the code, the same bytes each time; a short form of it is in
the test suite (`tests/validation`). Two questions are asked of every estimator: does it find what was planted, as
surely as it says; and does it give what others published for the same numbers?

## How

**Draws.** Doggerland ([sample.md](sample.md)) is made whole in memory, land, areas, roads, traffic and planted effects:
{geographies}. Everything that happens there is then drawn anew for each of {seeds} seeds, in turn over
the geographies of a size: the links' own factors and so the true rates, counts of collisions and reports, days to fix,
answers, scores, travel times, spend. A model is fitted anew in each draw. Drawing whole samples to files instead would
take a day. Small areas are those of the sample (a stretch of road belongs to the one that holds its middle); a
*section* is what lies of a numbered road in one authority within one square of two kilometres. What needs more
authorities than eight (drivers, gaps, frontier, scores) is drawn for 100 or 150 authorities by the same functions.

**Bars.** Exact intervals: at least 95 % hold the truth. Bayes and design-based ones: 93 to 97 % on average over draws,
at least {least:,} intervals. Where a method says itself that it is a little narrow (bootstraps over few days or areas), or
where fewer figures are drawn, the bar is wider, and in the table. Planted outliers (corridor, hotspot, border contrast,
mismatched satisfaction) are reported apart: no interval that leans on what is usual can hold for them as often. ± is the
Monte Carlo standard error, by the jackknife or by draws.

**Verdicts.** False discoveries are the mean share of wrong ones among all areas called better or worse, 0 where none
is. Areas are alike, or differ as areas usually do (their true rates have a standard deviation of a quarter, those of
scores 4 points); a tenth are outliers: 2.5 times the rate or two fifths of it, as many of each as leave the mean where it
is, or 15 points of score. The plain funnel is beside it for comparison; published verdicts are those of `compare`.

**Schemes.** The 40 sections with the most collisions of two years are treated. What is usual for them is fitted to all
sections, and again without the planted outliers. With them the model takes sections to differ more than most do, and so
corrects regression to the mean too little: leave known hotspots out of the reference.

**Hotspots.** Collisions of five years are drawn anew on the demo geographies for a quarter of the seeds. The place that
a border splits has all roads within 400 m at 4, 6, 8 and 12 times their usual, where three or four collisions are usual;
what is planted is what the place as a whole has, its links' own factors scaled to it. All other effects are there too.
Found is a place of which the region's view claims a square or a stretch (here what lies of a numbered road in one
authority within one square of 500 m). Power is asked for at 8 times, in either layer: at 4 times it is all but nil, so that
no claim does not mean no hotspot. With places, authorities and towns alike any claim is false, and may be made in 5 % of
draws and two standard errors; links' own factors are always there. With towns as they are, claims are more, for density
of roads tells of towns only in part: they are told beside.

**Priorities.** One authority takes so many times as many days to fix what is reported as all others, who take 14; found
is where it is the first problem of its theme. Where all are alike, or all sections as usual, at most 5 % of outcomes and
of regions may claim a problem, and two standard errors of as many draws. Ranks are held against the true order of the
same problems.

**Borders.** A contrast is planted on one road within two kilometres of one border, and looked for along the road and on
all A roads of the two authorities, of which it is one. Power is told at several ratios of rates, with the collisions of
five years that they stand on; the ratio that has to be found was stated after a first run had shown that the sample's
own, 2.5, hardly ever is: a side of the road has 10 to 60 collisions, and links of a kind differ by a factor of two
without any border. Some of that power came from two changes, chosen on the first of these draws: how unlike roads are is told
without the roads under test, and one factor for neighbouring strips serves all. Mid-P would add three points and claims
too much where nothing is planted; so does what is usual by town and country for whole corridors. The planted corridor is
bad on a third of its length: some section there is found worse, the whole seldom; twice the rate was stated after the
sample's own, 1.8, had been found in about four of five draws. Where nothing is planted links differ
all the same, so a section may be called worse and be so.

"""


def page(results: Sequence[Result], *, seeds: int, geographies: str, least: int) -> str:
    """Return the page as Markdown."""
    judged = [r for r in results if r.verdict != "told"]
    failed = [r for r in judged if r.verdict != "pass"]
    parts = [_HEAD.format(seeds=seeds, geographies=geographies, least=least)]
    parts.append(f"## Results\n\n{len(judged) - len(failed)} of {len(judged)} bars are passed.")
    if failed:
        parts.append(" Not passed:\n\n" + "\n".join(_why(r) for r in failed))
    parts.append("\n\n")
    for theme in dict.fromkeys(r.theme for r in results):
        parts.append(f"### {theme.capitalize()}\n\n{_table([r for r in results if r.theme == theme])}\n")
        parts.append(_PICTURES.get(theme, ""))
    parts.append(f"### All intervals\n\n![Coverage of every interval](pictures/{NAMES['coverage']})\n\n")
    parts.append(_worked_examples(examples()))
    return "".join(parts)


_PICTURES = {
    "safety": f"![Error of raw counts and of empirical Bayes](pictures/{NAMES['bayes']})\n\n",
    "satisfaction": f"![Small areas: errors, and stated against actual](pictures/{NAMES['small areas']})\n\n",
    "change": f"![Effects found of schemes that did nothing](pictures/{NAMES['schemes']})\n\n",
}


def examples() -> list[dict[str, Any]]:
    """Return the worked examples: estimator, name, source, inputs, digits, test, and whose figures they are."""
    with EXAMPLES.open("rb") as file:
        found: list[dict[str, Any]] = tomllib.load(file)["example"]
    return found


def _why(result: Result) -> str:
    least, most = result.bar or (0.0, 1.0)
    text = (
        f"- {result.estimator}, {result.measure} ({result.where}): {_number(result.found.value)}, asked for "
    )
    text += f"{least:g} to {most:g}." if most < 1 or least == 0 else f"at least {least:g}."
    if result.verdict == "too few draws":
        text += f" Only {result.found.number:,} of {result.needed:,} figures."
    off = max(least - result.found.value, result.found.value - most)
    if off < 2 * result.found.error:
        text += " That is within two standard errors."
    return f"{text} {result.note}".rstrip()


def _table(results: Sequence[Result]) -> str:
    lines = ["| estimator | what | where | n | found | ± | bar | |", "|---|---|---|---:|---:|---:|---|---|"]
    for r in results:
        bar = "" if r.bar is None else f"{r.bar[0]:g} to {r.bar[1]:g}"
        verdict = {"pass": "pass", "told": ""}.get(r.verdict, f"**{r.verdict}**")
        lines.append(
            f"| {r.estimator} | {r.measure} | {r.where} | {r.found.number:,} | {_number(r.found.value)} "
            f"| {_number(r.found.error)} | {bar} | {verdict} |"
        )
    return "\n".join(lines) + "\n"


def _number(value: float) -> str:
    return "" if value != value else f"{value:.3f}"  # noqa: PLR0124


def _worked_examples(rows: Sequence[dict[str, Any]]) -> str:
    lines = [
        "## Worked examples\n",
        (
            "Each is typed in as numbers and proven by the test named. *Published*: figures that somebody else printed. "
            "*Independent*: another implementation, run on the same numbers, or the definition worked out by another road.\n"
        ),
        "| estimator | example | source | kind | agrees to | test |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        test = f"`{row['test']}`"
        lines.append(
            f"| {row['estimator']} | {row['example']} | {row['source']} | {row['kind']} | {row['digits']} | {test} |"
        )
    return "\n".join(lines) + "\n"
