"""Doggerland: a sample region on land drowned 8,000 years ago, generated, whose truth is known."""

from pathlib import Path
from typing import Literal

from geo.errors import PlacelineError
from geo.sample import files, incident_files, region, service_files, writing
from geo.sample.country import generate_country
from geo.sample.dirt import dirt_table
from geo.sample.sizes import SIZES
from geo.sample.spoil import spoil
from geo.sample.streams import streams
from geo.sample.truth import Truth, with_effects
from geo.sample.world import make_world

__all__ = ["SIZES", "Truth", "generate", "with_effects"]


def generate(
    out: Path,
    *,
    size: str = "demo",
    seed: int = 8000,
    truth: Truth | None = None,
    dirt: Literal["little", "full"] = "little",
) -> Path:
    """Write the files of Doggerland, the same for the same seed, replacing those already there.

    Args:
        out: folder to write to; made if missing.
        size: one of `SIZES`; ``national`` is a country of its own, see `generate_country`.
        seed: everything random follows from it.
        truth: what to plant; see `with_effects`.
        dirt: ``little`` spoils five rows; ``full`` plants every kind of dirt that readers are to find or
            withstand, and says in ``dirt.csv`` what should come of each piece.

    Returns:
        The region file, ``doggerland.toml``. Beside the sources it names are the ``truth`` files (what was
        planted), ``dirt.csv`` (what was spoiled, and where), and ``doggerland_osm.toml``, the same region
        with its roads as OpenStreetMap would have them.

    Raises:
        PlacelineError: a national sample cannot be spoiled.
    """
    out.mkdir(parents=True, exist_ok=True)
    # Only a sample full of dirt has it.
    (out / region.NEIGHBOURS).unlink(missing_ok=True)
    truth = truth or Truth()
    if size == "national":
        return _country(out, seed, truth, dirt)
    random = streams(seed)
    world = make_world(random, SIZES[size](random["sketch"]), truth)
    writing.write_areas(world, out)
    writing.write_roads(random, world, out)
    spoiled = incident_files.write_collisions(random, world, out)
    spoiled += incident_files.write_reports(random, world, out)
    by_link = incident_files.write_truth(world, out, seed=seed)
    service_files.write_traffic(random, world, out)
    upkeep = service_files.write_upkeep(random, world, out)
    service_files.write_survey(random, world, by_link, upkeep, out)
    sources = region.sources()
    if writing.write_former_authorities(world, out):
        sources.append(region.former_authorities(truth))
    if dirt == "full":
        spoiled = spoil(random["more_dirt"], out, spoiled, world.sketch)
        sources.append(region.neighbours())
    files.write_table(dirt_table(spoiled, with_expect=dirt == "full"), out / "dirt.csv")
    files.write_toml(region.HEAD, region.with_osm_roads(sources), out / "doggerland_osm.toml")
    files.write_toml(region.HEAD, sources, out / "doggerland.toml")
    return out / "doggerland.toml"


def _country(out: Path, seed: int, truth: Truth, dirt: str) -> Path:
    if dirt != "little":
        raise PlacelineError("A national sample has no dirt: leave '--dirt' out, or take another '--size'.")
    return generate_country(out, seed, truth)
