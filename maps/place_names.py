"""What the search for a place needs: every area's name, code and where it leads."""

from typing import Any

from maps.hierarchy import Key, authority_names
from maps.read import Warehouse


def place_names(warehouse: Warehouse, profiles: dict[Key, str]) -> list[dict[str, Any]]:
    """Return, level by level and coarse to fine, columns of names, codes, authorities and profile pages."""
    levels, areas = warehouse.levels(), warehouse.areas()
    within = authority_names(areas, levels)
    found = []
    for level in levels:
        name = level["area_level"]
        of_level = [area for area in areas if area["area_level"] == name]
        found.append(
            {
                "area_level": name,
                "label": level["label"],
                "name": [area["area_name"] for area in of_level],
                "code": [area["area_code"] for area in of_level],
                "authority": [within[name, area["area_code"]] for area in of_level],
                "page": [profiles.get((name, area["area_code"])) for area in of_level],
            }
        )
    return found
