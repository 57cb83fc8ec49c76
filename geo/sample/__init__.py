"""Doggerland: a sample region on land drowned 8,000 years ago, generated, whose truth is known."""

from pathlib import Path
from typing import Literal

import shapely

from geo.sample import files, region, writing
from geo.sample.arrays import streams
from geo.sample.dirt import dirt_table
from geo.sample.geography import make_geography
from geo.sample.land import make_land
from geo.sample.network import make_links, road_table
from geo.sample.planted import truth_document
from geo.sample.routes import plan_roads
from geo.sample.spoil import spoil
from geo.sample.truth import Truth, with_effects

__all__ = ["Truth", "generate", "with_effects"]


def generate(
    out: Path, *, seed: int = 8000, truth: Truth | None = None, dirt: Literal["little", "full"] = "little"
) -> Path:
    """Write the files of Doggerland, the same for the same seed, replacing those already there.

    Args:
        out: folder to write to; made if missing.
        seed: everything random follows from it.
        truth: what to plant; see `with_effects`.
        dirt: ``little`` spoils five rows; ``full`` plants every kind of dirt that readers are to find or
            withstand, and says in ``dirt.csv`` what should come of each piece.

    Returns:
        The region file, ``doggerland.toml``. Beside the sources it names are ``truth.json``,
        ``truth_links.csv`` and ``truth_small_areas.csv`` (what was planted), and ``dirt.csv`` (what was
        spoiled, and where).
    """
    out.mkdir(parents=True, exist_ok=True)
    random, truth = streams(seed), truth or Truth()
    land = make_land(random["land"])
    geography = make_geography(random["areas"], random["people"], land)
    dry = shapely.coverage_union_all(geography.authorities.polygons)
    links = make_links(random["roads"], land, plan_roads(random["roads"], land), dry)
    writing.write_areas(geography, out)
    files.write_geopackage(road_table(random["roads"], links), out / region.ROADS, layer="road_link")
    by_authority, spoiled = writing.write_collisions(random, geography, links, truth, out)
    spoiled += writing.write_reports(random, geography, links, truth, out)
    writing.write_survey(random["survey"], geography, truth, out)
    sources = region.sources()
    if dirt == "full":
        spoiled = spoil(random["more_dirt"], out, spoiled)
        sources.append(region.neighbours())
    files.write_csv(dirt_table(spoiled, with_expect=dirt == "full"), out / "dirt.csv")
    files.write_json({"seed": seed} | truth_document(truth, by_authority, links), out / "truth.json")
    path = out / "doggerland.toml"
    files.write_toml(region.HEAD, sources, path)
    return path
