"""A region small enough to read at a glance: two square authorities, four wards, one A road across the border."""

import csv
import json
from collections.abc import Iterable
from pathlib import Path

REGION = """
name = "tiny"
title = "Tiny"
basis_on = 2024-12-31
authority_level = "authority"
comparators = ["all_areas", "parent"]

[[source]]
kind = "areas"
id = "authorities"
title = "Two squares"
path = "authorities.geojson"
level = "authority"
licence = "CC0 1.0"
publish = "rows"

[[source]]
kind = "areas"
id = "wards"
title = "Their halves"
path = "wards.geojson"
level = "ward"
parent = "authority_code"
code = "WD24CD"
name = "WD24NM"
licence = "CC0 1.0"
publish = "rows"

[[source]]
kind = "area_facts"
id = "population"
title = "Residents"
path = "population.csv"
licence = "CC0 1.0"
publish = "rows"

[[source]]
kind = "roads"
id = "roads"
title = "Roads"
path = "roads.geojson"
format = "os_open_roads"
licence = "CC0 1.0"
publish = "rows"

[[source]]
kind = "collisions"
id = "collisions"
title = "Collisions"
path = "collisions.csv"
period_start = 2023-01-01
period_end = 2024-12-31
licence = "CC0 1.0"
publish = "rows"

[[source]]
kind = "reports"
id = "reports"
title = "Reports"
path = "reports.json"
crs = "EPSG:27700"
period_start = 2023-01-01
period_end = 2024-12-31
licence = "CC0 1.0"
publish = "rows"

[[source]]
kind = "satisfaction_scores"
id = "scores"
title = "Scores"
path = "scores.csv"
indicators = { "overall" = "satisfaction_highways" }
licence = "CC0 1.0"
publish = "rows"
"""

# The squares meet at easting 655,000; each is 5 km wide and 10 km high.
WEST, BORDER, EAST = 650_000, 655_000, 660_000
SOUTH, MIDDLE, NORTH = 500_000, 505_000, 510_000
CRS = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::27700"}}


def write_tiny_region(folder: Path) -> Path:
    """Write the files and the region file below `folder`; return the region file."""
    folder.mkdir(parents=True, exist_ok=True)
    authorities = [("A1", "Westmark", WEST, BORDER), ("A2", "Eastmark", BORDER, EAST)]
    _features(
        folder / "authorities.geojson",
        [(_box(w, SOUTH, e, NORTH), {"LAD24CD": code, "LAD24NM": name}) for code, name, w, e in authorities],
    )
    _features(
        folder / "wards.geojson",
        [
            (
                _box(w, s, e, n),
                {"WD24CD": f"{code}{part}", "WD24NM": f"{name} {part}", "authority_code": code},
            )
            for code, name, w, e in authorities
            for part, s, n in (("S", SOUTH, MIDDLE), ("N", MIDDLE, NORTH))
        ],
    )
    _features(
        folder / "roads.geojson",
        [
            (_line([(WEST, 502_000), (EAST, 502_000)]), _road("L1", "A Road", "A6001")),
            (_line([(652_000, 502_000), (652_000, 508_000)]), _road("L2", "Unclassified", "")),
            (_line([(658_000, 502_000), (658_000, 508_000)]), _road("L3", "Unclassified", "")),
        ],
    )
    _rows(
        folder / "population.csv",
        [
            {"area_code": c, "population": p}
            for c, p in (("A1S", 5000), ("A1N", 5000), ("A2S", 10000), ("A2N", 10000))
        ],
    )
    _rows(folder / "collisions.csv", [collision(n) for n in range(60)])
    reports = [
        {
            "service_request_id": f"R{n}",
            "status": "open",
            "service_name": "Pothole",
            "requested_datetime": f"2024-0{1 + n % 9}-11T09:00:00Z",
            "lat": 505_500,
            "long": 651_000 + 400 * n,
            "email": "someone@example.org",
            "description": "Outside my house",
        }
        for n in range(20)
    ]
    (folder / "reports.json").write_text(json.dumps(reports), "utf-8")
    _rows(
        folder / "scores.csv",
        [
            {"area_code": a, "year": y, "indicator": "overall", "score": s, "base": b}
            for a, y, s, b in (
                ("A1", 2024, 40, 900),
                ("A2", 2024, 60, 900),
                ("A1", 2023, 50, ""),
                ("A2", 2023, 55, 12),
            )
        ],
    )
    region = folder / "tiny.toml"
    region.write_text(REGION, "utf-8")
    return region


def keep_sources(region: Path, ids: Iterable[str]) -> None:
    """Leave only these sources in a region file."""
    head, *sources = region.read_text("utf-8").split("[[source]]")
    kept = [s for s in sources if any(f'id = "{i}"\n' in s for i in ids)]
    region.write_text("[[source]]".join([head, *kept]), "utf-8")


def collision(n: int) -> dict[str, object]:
    """Return collision `n`: two in three in the west, along the A road and the streets."""
    west = n % 3 != 0
    on_a_road = n % 2 == 0
    easting = (651_000 + 60 * n) if west else (656_000 + 60 * n)
    return {
        "collision_index": f"C{n}",
        "location_easting_osgr": easting if on_a_road else (652_005 if west else 658_005),
        "location_northing_osgr": 502_003 if on_a_road else 503_000 + 70 * n,
        "collision_severity": 1 if n % 20 == 0 else 2 if n % 5 == 0 else 3,
        "date": f"{1 + n % 28:02}/{1 + n % 12:02}/{2023 + n % 2}",
        "time": f"{n % 24:02}:30",
        "local_authority_highway": "A1" if west else "A2",
        "number_of_vehicles": 2,
        "number_of_casualties": 1,
        "speed_limit": 30,
    }


def _road(link: str, kind: str, number: str) -> dict[str, object]:
    return {
        "id": link,
        "road_classification": kind,
        "road_classification_number": number,
        "trunk_road": "false",
    }


def _box(west: float, south: float, east: float, north: float) -> dict[str, object]:
    # A vertex where a neighbour has a corner, so that shared borders are the same on both sides.
    ring = [
        [west, south],
        [east, south],
        [east, MIDDLE],
        [east, north],
        [west, north],
        [west, MIDDLE],
        [west, south],
    ]
    return {"type": "Polygon", "coordinates": [[p for n, p in enumerate(ring) if n == 0 or p != ring[n - 1]]]}


def _line(points: list[tuple[float, float]]) -> dict[str, object]:
    return {"type": "LineString", "coordinates": [list(p) for p in points]}


def _features(path: Path, features: list[tuple[dict[str, object], dict[str, object]]]) -> None:
    given = [{"type": "Feature", "properties": p, "geometry": g} for g, p in features]
    path.write_text(json.dumps({"type": "FeatureCollection", "crs": CRS, "features": given}), "utf-8")


def _rows(path: Path, rows: list[dict[str, object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
