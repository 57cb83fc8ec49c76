"""How like real regions the sample looks: the same figures of both, side by side.

``python -m tests.geo.sample.likeness DATA > docs/sample-likeness.md`` writes the table, of the sample as it is
generated now and of the openly licensed files below DATA. What is compared with other files is only tested.
"""

import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import log
from pathlib import Path

from geo.sample import generate
from tests.geo.sample import likeness_collisions as collisions
from tests.geo.sample import likeness_roads as roads
from tests.geo.sample import likeness_services as services
from tests.geo.sample.likeness_figures import Figures

MOST = 2.0


@dataclass(frozen=True)
class Source:
    """How the figures of a real file, and the same of the sample, are read from their folders.

    `attribution` is empty where the file is not openly licensed: its figures are tested and never written.
    """

    title: str
    real: Callable[[Path], Figures]
    sample: Callable[[Path], Figures]
    attribution: str = ""


@dataclass(frozen=True)
class Compared:
    """One figure of a real file and of the sample."""

    source: str
    figure: str
    real: float
    sample: float

    @property
    def ratio(self) -> float:
        """Sample against real."""
        return self.sample / self.real

    @property
    def is_like(self) -> bool:
        """Whether they differ by no more than a factor of two."""
        return 1 / MOST <= self.ratio <= MOST


_OGL = "Contains public sector information licensed under the Open Government Licence v3.0"
_PEOPLE = "People: mySociety, UK local authorities, CC BY 4.0."
SOURCES: Mapping[str, Source] = {
    "bath": Source(
        "Roads of Bath and North East Somerset, OS Open Map Local",
        roads.bath_roads,
        roads.sample_roads,
        f"{_OGL}; contains OS data © Crown copyright and database right. {_PEOPLE}",
    ),
    "rutland": Source(
        "Ways of Rutland, OpenStreetMap 2018",
        lambda data: roads.way_figures(data / "rutland/rutland-latest.osm.pbf", "lines"),
        lambda folder: roads.way_figures(folder / "roads_osm.gpkg", "lines"),
        "© OpenStreetMap contributors, Open Database Licence.",
    ),
    "waltham": Source(
        "Collisions of Waltham Forest 2014 to 2018, against the sample's towns",
        collisions.waltham_forest,
        collisions.sample_towns,
        f"{_OGL}: Department for Transport, STATS19. {_PEOPLE}",
    ),
    "manchester": Source(
        "Collisions of Greater Manchester 2019 to 2023",
        collisions.manchester,
        collisions.sample_all,
        f"{_OGL}: Transport for Greater Manchester; Trafford Data Lab; Office for National Statistics. {_PEOPLE}",
    ),
    "fixmystreet": Source(
        "Reports on FixMyStreet 2015 to 2019, Great Britain",
        services.fixmystreet,
        services.sample_reports,
        "mySociety, FixMyStreet reports, Open Data Commons Attribution Licence 1.0. " + _PEOPLE,
    ),
    "outturn": Source(
        "Revenue outturn of Lancashire's highway authorities 2021 to 2025",
        services.outturn,
        services.sample_spend,
        f"{_OGL}: Ministry of Housing, Communities and Local Government. {_PEOPLE}",
    ),
    "waltham_km": Source(
        "Collisions for a km, Waltham Forest", collisions.waltham_forest_for_a_km, collisions.sample_for_a_km
    ),
    "manchester_km": Source(
        "Collisions for a km, Greater Manchester", collisions.manchester_for_a_km, collisions.sample_for_a_km
    ),
    "cambridgeshire_km": Source(
        "Collisions for a km, Cambridgeshire", collisions.cambridgeshire_for_a_km, collisions.sample_for_a_km
    ),
    "scotland_cost": Source("Cost of roads, Scotland", services.scottish_cost, services.sample_spend),
    "scotland_condition": Source(
        "Road condition, Scotland", services.scottish_condition, services.sample_condition
    ),
    "england_condition": Source(
        "Road condition, England", services.english_condition, services.sample_condition
    ),
    "satisfaction": Source(
        "Satisfaction, published scores", services.satisfaction, services.sample_satisfaction
    ),
    "traffic": Source("Traffic by authority", services.traffic, services.sample_traffic),
}

# What differs by more than a factor of two, and why: source and how the figure begins.
_BLOCKS = (
    "The sample's streets are blocks much of a size, and so few are short; real ones are cut short by culs-de-sac"
    " and side roads. The mean, the median and the longer ones are alike."
)
_LONDON = (
    "A London borough: more of its road is A road, and there are many more people and vehicles for a km. Against a"
    " county and a city region, collisions for a km are alike."
)
EXCEPTIONS: Mapping[tuple[str, str], str] = {
    ("bath", "km between junctions, quantile 0.25"): _BLOCKS,
    ("rutland", "km of service way"): (
        "The sample's service ways are short spurs to a yard; real ones also cross car parks and estates."
    ),
    ("waltham", "at roundabout"): (
        "In the sample only a collision on the ring itself is at a roundabout; in STATS19 also one within 20 m."
    ),
    ("waltham", "on roads of class U"): _LONDON,
    ("waltham", "hurt: Bus"): (
        "London's buses: Greater Manchester has a quarter of the share, and the sample lies between the two."
    ),
    ("waltham_km", "for a km and year"): _LONDON,
    ("scotland_condition", "share of road to be considered"): (
        "Scotland counts red and amber road, England (as the sample does) red only."
    ),
    ("traffic", "vans, share of motor vehicles"): (
        "The file's defect: 1 % vans and 96 % cars; on no British road is the share of vans so small, and"
        " its vans seem to be counted as cars."
    ),
}


def compare(data: Path, folder: Path, source: str) -> list[Compared]:
    """Return the figures of a real source beside the sample's."""
    of = SOURCES[source]
    real, sample = of.real(data), of.sample(folder)
    return [Compared(source, name, real[name], sample[name]) for name in sorted(real) if name in sample]


def reason(compared: Compared) -> str:
    """Return why a figure may differ; empty if it may not."""
    of = [
        why
        for (s, name), why in EXCEPTIONS.items()
        if s == compared.source and compared.figure.startswith(name)
    ]
    return of[0] if of else ""


def worst_of_profiles(figures: list[Compared]) -> list[Compared]:
    """Leave of each profile (the name before a slash) only the part that differs most."""
    worst: dict[str, Compared] = {}
    for one in figures:
        name = one.figure.split("/")[0]
        if name not in worst or abs(log(one.ratio)) > abs(log(worst[name].ratio)):
            worst[name] = one
    return list(worst.values())


def page(data: Path, folder: Path) -> str:
    """Return the page: a table for each openly licensed source, with its attribution."""
    parts = [_HEAD]
    for name, source in SOURCES.items():
        if source.attribution:
            rows = worst_of_profiles(compare(data, folder, name))
            parts.append("\n".join([f"## {source.title}", "", *_table(rows), "", source.attribution]))
    return "\n\n".join(parts) + "\n"


def _table(rows: list[Compared]) -> list[str]:
    whys = list(dict.fromkeys(reason(row) for row in rows if not row.is_like))
    marks = {why: f" [{n}]" for n, why in enumerate(whys, 1)}
    lines = ["| figure | real | sample | ratio |", "|---|---:|---:|---:|"]
    for row in rows:
        mark = "" if row.is_like else marks[reason(row)]
        name = row.figure.replace("/", ", where least alike: ")
        lines.append(f"| {name} | {row.real:.3g} | {row.sample:.3g} | {row.ratio:.2f}{mark} |")
    notes = [f"{mark.strip()} {why}" for why, mark in marks.items()]
    return [*lines, *[line for note in notes for line in ("", note)]]


_HEAD = """# How like real regions the sample looks

The same figures of real files and of the generated sample (`demo`, its usual seed). The bar: no more than a
factor of two apart, or the reason is given. Spread is the coefficient of variation beyond chance (the Poisson
part taken off). Of a profile (two hours, weekday, month) only the part that differs most is listed.

Real figures are computed from the openly licensed files named, with changes as described in
`tests/geo/sample/likeness_*.py`; no row of them is in this repository. Collisions for a km, traffic, condition
and satisfaction are tested in the same way against files whose licence or making is not stated, and so are not
listed. To write this page again:

    python -m tests.geo.sample.likeness DATA > docs/sample-likeness.md"""


def main() -> None:
    """Write the page for the folder of real data that was named."""
    with tempfile.TemporaryDirectory() as folder:
        generate(Path(folder))
        sys.stdout.write(page(Path(sys.argv[1]), Path(folder)))


if __name__ == "__main__":
    main()
