"""Hotspots across borders: the one that a border splits is found, and where there is none little is claimed."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from geo.across.grid import cell_of_points, neighbours_in_grid
from geo.across.hotspot_views import REGION, clusters_of_views, sites_of_views, usual_of_parts
from geo.arrays import Bools, Floats, Ints
from geo.estimates.usual import DAYS_A_YEAR
from geo.sample.exposure import scaled_to
from geo.sample.truth import by_code
from validation.doggerland import Ground, draws, grounds
from validation.results import Result, Study, mean_over_draws

_THEME = "across borders"
NOMINAL = 0.05
LEAST_POWER = 0.8
# The sample's own, of a place where three or four collisions in five years are usual.
STATED_RATIO = 8.0
RATIOS = (4.0, 6.0, STATED_RATIO, 12.0)
LAYERS = ("squares of one km", "stretches of half a km")
_TOLD = {
    "found": "planted split hotspot found by the region",
    "across": "of those, both sides party to it",
    "missed": "of those, missed by at least one authority alone",
    "only": "of those, missed by both alone",
}
CELL_M, STRETCH_M = 1_000.0, 500.0
YEARS = 5.0


@dataclass(frozen=True)
class Layer:
    """Sites of a region, and the pieces of road in them: parts, the part of each piece, pairs of neighbours."""

    name: str
    piece: Ints
    part_of_piece: Ints
    parts: pd.DataFrame
    pairs: Ints
    sites: int


def study(
    seeds: int,
    sizes: tuple[str, ...] = ("demo",),
    geographies: int = 3,
    ratios: tuple[float, ...] = RATIOS,
) -> Study:
    """Look for hotspots where one is planted across a border, at several ratios, and where nothing is planted."""
    found = Study()
    count = max(seeds // 4, min(seeds, 20))
    for size in sizes:
        regions = [(ground, layers(ground)) for ground in grounds(size, geographies)]
        found.add(_nothing(regions, size, count))
        for ratio in ratios:
            found.add(_planted(regions, size, count, ratio))
    return found


def layers(ground: Ground) -> tuple[Layer, Layer]:
    """Return the squares, and the stretches: what lies of a numbered road in one square of 500 m and authority."""
    world = ground.world
    route = world.links.route[world.pieces.link]
    every = np.arange(len(route))
    return (
        _layer("grid", ground, every, np.zeros(len(route), dtype=np.int64), CELL_M),
        _layer("stretch", ground, every[route >= 0], route, STRETCH_M),
    )


def _layer(name: str, ground: Ground, piece: Ints, road: Ints, side_m: float) -> Layer:
    world = ground.world
    xy = shapely.get_coordinates(world.pieces.middles)
    x, y = cell_of_points(xy[:, 0], xy[:, 1], side_m)
    link = world.pieces.link[piece]
    km, flow = world.pieces.km[piece], world.flows.on_link[link]
    table = pd.DataFrame(
        {
            "road": road[piece], "x": x[piece], "y": y[piece],
            "authority_code": np.array(world.codes, dtype=object)[world.pieces.authority[piece]],
            "label": world.links.road_class[link].astype(str), "km": km,
            "vehicle_km": np.nan_to_num(flow) * km * DAYS_A_YEAR * YEARS,
        }
    )  # fmt: skip
    place = ["road", "x", "y"] if name == "grid" else ["road", "x", "y", "authority_code"]
    site: Ints = np.asarray(table.groupby(place, sort=True).ngroup(), dtype=np.int64)
    around, here = _densities(world.pieces.km, xy)
    table = table.assign(site=site, density_around=around[piece], density_here=here[piece])
    key = ["site", "authority_code", "label"]
    of_piece: Ints = np.asarray(table.groupby(key, sort=True).ngroup(), dtype=np.int64)
    parts = table.groupby(key, sort=True).agg(
        km=("km", "sum"), vehicle_km=("vehicle_km", "sum"),
        density_around=("density_around", "mean"), density_here=("density_here", "mean"),
    ).reset_index()  # fmt: skip
    is_by_traffic = parts["vehicle_km"] > 0
    parts["flow"] = (parts["vehicle_km"] / (parts["km"] * DAYS_A_YEAR * YEARS)).where(is_by_traffic)
    parts["exposure"] = parts["vehicle_km"].where(is_by_traffic, parts["km"] * YEARS)
    first = table.drop_duplicates("site").sort_values("site")
    return Layer(name, piece, of_piece, parts.assign(is_context=False), _pairs(first), len(first))


def _pairs(sites: pd.DataFrame) -> Ints:
    """Return the sites of a road (or of the grid) that touch."""
    made = []
    for _, of in sites.groupby("road", sort=True):
        cell = of.groupby(["x", "y"], sort=True)["site"]
        firsts = cell.first().reset_index()
        near = neighbours_in_grid(firsts["x"].to_numpy(), firsts["y"].to_numpy())
        made.append(firsts["site"].to_numpy()[near])
        # Either side of a border in one square.
        both = of.merge(of, on=["x", "y"], suffixes=("", "_other"))
        made.append(both.loc[both["site"] != both["site_other"], ["site", "site_other"]].to_numpy())
    return np.concatenate(made).astype(np.int64)


def _densities(km: Floats, xy: Floats) -> tuple[Floats, Floats]:
    """Return km of road per square km: in the square of each piece and the eight around it, and in its own."""
    x, y = cell_of_points(xy[:, 0], xy[:, 1], CELL_M)
    total = pd.Series(km).groupby([x, y]).sum()
    near = [
        total.reindex(pd.MultiIndex.from_arrays([x + dx, y + dy]), fill_value=0.0).to_numpy(dtype=float)
        for dx in (-1, 0, 1)
        for dy in (-1, 0, 1)
    ]
    around: Floats = np.asarray(np.mean(near, axis=0), dtype=float)
    here: Floats = np.asarray(near[len(near) // 2], dtype=float)
    return around, here


def found_in(layer: Layer, by_piece: Floats, rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw five years of collisions, and return the sites of all views and their clusters."""
    mean = np.bincount(layer.part_of_piece, by_piece[layer.piece] * YEARS, minlength=len(layer.parts))
    parts = layer.parts.assign(observed=rng.poisson(mean).astype(float))
    parts["expected"] = usual_of_parts(parts, chances=False)
    found = sites_of_views(parts, layer.pairs, layer.sites, chances=False)
    return found, clusters_of_views(found, parts, layer.pairs, layer.sites)


_Regions = list[tuple[Ground, tuple[Layer, Layer]]]


def _nothing(regions: _Regions, where: str, count: int) -> Study:
    """Where only the links' own factors set sites apart, any claim is false; with towns, what density misses is not."""
    found = Study()
    for salt, (towns, bar) in enumerate((("and towns alike", True), ("towns as they are", False))):
        nominal = (0.0, NOMINAL + 2 * float(np.sqrt(NOMINAL * (1 - NOMINAL) / count)))
        region: list[list[list[bool]]] = [[], []]
        alone: list[list[list[bool]]] = [[], []]
        for draw, rng in enumerate(draws(count, 61 + salt)):
            ground, both = regions[draw % len(regions)]
            true = ground.collisions_a_year(rng) / _effects(ground, towns=bar)
            for number, layer in enumerate(both):
                clusters = found_in(layer, true, rng)[1]
                region[number].append([bool((clusters["view"] == REGION).any())])
                alone[number].append([bool((clusters["view"] == code).any()) for code in ground.world.codes])
        for name, of_region, of_alone in zip(LAYERS, region, alone, strict=True):
            for measure, of in (
                ("draws with any claim by the region", of_region),
                ("views with any claim, authorities alone", of_alone),
            ):
                found.add(Study([
                    Result(_THEME, "hotspots", f"{measure}, nothing planted, {towns}", f"{name}, {where}",
                           mean_over_draws(of), nominal if bar else None)
                ]))  # fmt: skip
    return found


def _effects(ground: Ground, *, towns: bool) -> Floats:
    """Return what planted places, authorities, and towns if asked for, do to each piece's rate."""
    world, truth = ground.world, ground.world.truth
    by_authority = np.array(by_code(truth.authority_rate_ratio, world.codes, 1.0))[world.pieces.authority]
    by_town = np.where(world.pieces.is_town & towns, truth.town_rate_ratio, 1.0)
    return np.asarray(world.planted.ratio(truth) * by_authority * by_town)


def _planted(regions: _Regions, where: str, count: int, ratio: float) -> Study:
    """Set the place that the border splits to a ratio times its usual; all other effects are there."""
    told: list[dict[str, list[list[bool]]]] = [{name: [] for name in _TOLD} for _ in LAYERS]
    usual = []
    for draw, rng in enumerate(draws(count, 71)):
        ground, both = regions[draw % len(regions)]
        world = ground.world
        is_hot = world.planted.is_hotspot
        there = world.expected.planted / world.truth.hotspot_rate_ratio * ratio
        true = scaled_to(there, ground.collisions_a_year(rng), is_hot)
        usual.append(there[is_hot].sum() / ratio * YEARS)
        for layer, into in zip(both, told, strict=True):
            _tell(into, layer, is_hot, *found_in(layer, true, rng), set(world.truth.hotspot_authorities))
    note = (
        f"Usual there in five years: {np.mean(usual):.1f} collisions; planted: {np.mean(usual) * ratio:.0f}."
    )
    is_stated = ratio == STATED_RATIO
    said = f"{where}, ratio {ratio:g}"
    either = [[a[0] or b[0]] for a, b in zip(told[0]["found"], told[1]["found"], strict=True)]
    made = Study([
        Result(_THEME, "hotspots", "planted split hotspot found by the region", f"in either, {said}",
               mean_over_draws(either), (LEAST_POWER, 1.0) if is_stated else None, note)
    ])  # fmt: skip
    for name, of in zip(LAYERS, told, strict=True):
        made.add(Study([
            Result(_THEME, "hotspots", measure, f"{name}, {said}", mean_over_draws(of[key]), None, note)
            for key, measure in _TOLD.items() if of[key]
        ]))  # fmt: skip
    return made


def _tell(
    into: dict[str, list[list[bool]]],
    layer: Layer,
    is_hot: Bools,
    found: pd.DataFrame,
    clusters: pd.DataFrame,
    codes: set[str],
) -> None:
    """Say whether the place is found, and if so, who is party to it and who finds it alone."""
    held = found[
        (found["view"] == REGION)
        & found["is_member"].astype(bool)
        & found["site"].isin(_places(layer, is_hot))
    ]
    mine = clusters[(clusters["view"] == REGION) & clusters["cluster"].isin(held["cluster"])]
    into["found"].append([len(mine) > 0])
    if len(mine):
        seeing = {code for row in mine["seeing"] for code in row.split(",")}
        into["across"].append([bool(mine["is_across_borders"].any())])
        into["missed"].append([bool(codes - seeing)])
        into["only"].append([not codes & seeing])


def _places(layer: Layer, is_hot: Bools) -> Ints:
    parts = np.unique(layer.part_of_piece[is_hot[layer.piece]])
    return np.asarray(layer.parts["site"].to_numpy()[parts], dtype=np.int64)
