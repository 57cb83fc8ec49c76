"""A plan drawn by dice at the size of Britain: coast, towns, councils and numbered roads.

The extent is its own, and lies over real land: use it for measuring time and memory, not for maps.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.spatial import Delaunay, cKDTree

from geo.arrays import Floats, Ints
from geo.sample.names import invented_names
from geo.sample.search import nearest
from geo.sample.sketch import Council, Ellipse, Route, Sketch, Town
from geo.sample.strokes import Stroke, strokes

_TOWN_KM = 13.6
_PEOPLE_IN_TOWNS = 46_500_000
_LARGEST_TOWN = 1_000_000
_LOWER_TIER, _COUNTIES, _DISTRICTS = 361, 24, 185
_CITIES = 60
_FORCES = 43
# Towns keep so far inland: 0 is the coast before it is roughened, 1 the middle of the land.
_TOWN_HEIGHT = 0.3

_EMPTY = Sketch(
    name="national",
    title="Generated country",
    origin=(0.0, 0.0),
    extent_km=(620.0, 1_020.0),
    land=(
        Ellipse(325, 215, 235, 150),
        Ellipse(355, 405, 150, 190),
        Ellipse(275, 605, 135, 190),
        Ellipse(245, 805, 150, 150),
        # Firths and a great estuary.
        Ellipse(120, 345, 70, 28, -1.2),
        Ellipse(495, 515, 75, 20, -1.0),
        Ellipse(355, 735, 60, 14, -1.0),
    ),
    island=Ellipse(530, 745, 22, 30),
    authorities=(),
    districts=(),
    combined=(),
    towns=(),
    routes=(),
    street_m=116.0,
    country_m=480.0,
    hamlet_km=3.0,
    border_lanes=120,
    scale=6.0,
)


def national_sketch(rng: np.random.Generator) -> Sketch:
    """Draw the plan: about 1,000 towns in 361 lower-tier councils under 200 highway authorities."""
    xy = _town_positions(rng)
    people = _town_people(rng, xy)
    order = np.argsort(-people, kind="stable")
    xy, people = xy[order], people[order]
    names = invented_names(rng, len(xy))
    seats = np.arange(_LOWER_TIER)
    council = _nearest(xy[seats], xy)
    county = _counties(rng, xy[seats])
    codes = _codes(county)
    towns = tuple(
        Town(name, float(x), float(y), int(count), codes[c])
        for name, (x, y), count, c in zip(names, xy, people, council, strict=True)
    )
    authorities, districts, combined = _councils(names, codes, county, xy[seats])
    return replace(
        _EMPTY,
        authorities=authorities,
        districts=districts,
        combined=combined,
        towns=towns,
        routes=_routes(names, xy),
    )


def _town_positions(rng: np.random.Generator) -> Floats:
    """Scatter towns over the land, in km, one on the island."""
    steps = [np.arange(_TOWN_KM / 2, side, _TOWN_KM) for side in _EMPTY.extent_km]
    grid = np.stack(np.meshgrid(*steps, indexing="ij"), axis=-1).reshape(-1, 2)
    grid = grid + rng.uniform(-0.36, 0.36, grid.shape) * _TOWN_KM
    height = np.full(len(grid), -1.0)
    for e in _EMPTY.land:
        gap = np.hypot((grid[:, 0] - e.x) / e.across, (grid[:, 1] - e.y) / e.along)
        height = np.maximum(height, 1 - gap**2) if e.height > 0 else height + e.height * np.exp(-(gap**4))
    island = np.array([[_EMPTY.island.x, _EMPTY.island.y]])
    return np.concatenate([np.round(grid[height > _TOWN_HEIGHT], 3), island])


def _town_people(rng: np.random.Generator, xy: Floats) -> Ints:
    """Give towns sizes by rank (Zipf), the larger ones more often where the country is crowded."""
    centres = xy[rng.choice(len(xy) - 1, 7, replace=False)]
    crowded = np.exp(-(cKDTree(centres).query(xy)[0] / 70)) + rng.gumbel(0, 0.22, len(xy))
    # The island has a small town.
    crowded[-1] = crowded.min()
    rank = np.empty(len(xy))
    rank[np.argsort(-crowded, kind="stable")] = np.arange(1, len(xy) + 1)
    size = np.minimum(rank**-0.62, (_LARGEST_TOWN / _PEOPLE_IN_TOWNS) * (rank**-0.62).sum())
    return np.asarray(np.round(_PEOPLE_IN_TOWNS * size / size.sum()), dtype=np.int64)


def _counties(rng: np.random.Generator, seats: Floats) -> Ints:
    """Put some councils, close together, under counties; -1 where a council is of one tier."""
    county = np.full(len(seats), -1)
    # The largest cities stand alone.
    free = np.arange(_CITIES, len(seats))
    sizes = np.full(_COUNTIES, _DISTRICTS // _COUNTIES)
    sizes[: _DISTRICTS - sizes.sum()] += 1
    for n, size in enumerate(sizes):
        first = rng.choice(free)
        near = free[np.argsort(np.hypot(*(seats[free] - seats[first]).T), kind="stable")[:size]]
        county[near] = n
        free = np.setdiff1d(free, near)
    return county


def _codes(county: Ints) -> list[str]:
    """Number councils: F07 districts of a county, F06 unitaries and F08 large single-tier cities."""
    prefix = np.where(county >= 0, "F07", np.where(np.arange(len(county)) < _CITIES, "F08", "F06"))
    seen: dict[str, int] = {}
    codes = []
    for p in prefix.tolist():
        seen[p] = seen.get(p, 0) + 1
        codes.append(f"{p}{seen[p]:06}")
    return codes


def _councils(
    names: Sequence[str], codes: Sequence[str], county: Ints, seats: Floats
) -> tuple[tuple[Council, ...], tuple[Council, ...], tuple[Council, ...]]:
    """Return highway authorities, districts, and combined authorities over groups of cities."""
    forces = 80 + _near_groups(seats, _FORCES)
    region = _near_groups(seats[:_CITIES], 10)
    single, districts = [], []
    for n, code in enumerate(codes):
        if county[n] >= 0:
            districts.append(Council(code, names[n], f"F10{county[n] + 1:06}", int(forces[n])))
        else:
            above = f"F47{region[n] + 1:06}" if n < _CITIES else ""
            single.append(Council(code, names[n], above, int(forces[n])))
    counties = []
    for n in range(_COUNTIES):
        first = int(np.flatnonzero(county == n)[0])
        counties.append(Council(f"F10{n + 1:06}", f"{names[first]}shire", force=int(forces[first])))
    combined = tuple(
        Council(f"F47{n + 1:06}", f"{names[np.flatnonzero(region == n)[0]]} Combined Authority")
        for n in np.unique(region)
    )
    return (*single, *counties), tuple(districts), combined


def _near_groups(points: Floats, count: int) -> Ints:
    """Group points by whichever of the first `count` is nearest."""
    return _nearest(points[:count], points)


def _nearest(points: Floats, to: Floats) -> Ints:
    return nearest(points, to)[1]


def _routes(names: Sequence[str], xy: Floats) -> tuple[Route, ...]:
    """Number roads between neighbouring towns: motorways between cities, then A and B roads."""
    mainland = len(xy) - 1
    cities = strokes(xy[:_CITIES], _neighbours(xy[:_CITIES], is_strict=True))
    near = _neighbours(xy, is_strict=True)
    far = np.array(sorted(set(map(tuple, _neighbours(xy, is_strict=False))) - set(map(tuple, near))))
    long = np.hypot(*(xy[far[:, 0]] - xy[far[:, 1]]).T)
    far = far[(long < 2.2 * _TOWN_KM) & (far < mainland).all(axis=1)]
    return (
        *_numbered(names, cities, "M", "Motorway", 1),
        *_numbered(names, cities, "A", "A Road", 1),
        *_numbered(names, strokes(xy, near), "A", "A Road", 1 + len(cities)),
        *_numbered(names, strokes(xy, far), "B", "B Road", 1001),
    )


def _numbered(
    names: Sequence[str], found: Sequence[Stroke], letter: str, road_class: str, first: int
) -> tuple[Route, ...]:
    """Number strokes; those that cities begin are trunk roads."""
    return tuple(
        Route(f"{letter}{n}", road_class, tuple(names[t] for t in stroke), trunk=letter == "M")
        for n, stroke in enumerate(found, first)
    )


def _neighbours(xy: Floats, *, is_strict: bool) -> Ints:
    """Return pairs of towns with none between them (Gabriel graph), or all that are neighbours at all."""
    simplices = Delaunay(xy).simplices.astype(np.int64)
    pairs = np.unique(
        np.sort(np.concatenate([simplices[:, [0, 1]], simplices[:, [1, 2]], simplices[:, [0, 2]]]), axis=1),
        axis=0,
    )
    if not is_strict:
        return pairs
    middle, half = xy[pairs].mean(axis=1), np.hypot(*(xy[pairs[:, 0]] - xy[pairs[:, 1]]).T) / 2
    return np.asarray(pairs[cKDTree(xy).query(middle)[0] >= half * (1 - 1e-9)])
