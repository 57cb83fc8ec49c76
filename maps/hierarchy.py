"""Which authority an area lies in, however many levels there are between them."""

from collections.abc import Iterable

from maps.read import Row

Key = tuple[str, str]


def authority_names(areas: Iterable[Row], levels: Iterable[Row]) -> dict[Key, str | None]:
    """Name of the authority that holds each area, by (level, code); null for authorities and above."""
    by_key: dict[Key, Row] = {(area["area_level"], area["area_code"]): area for area in areas}
    authority_levels = {level["area_level"] for level in levels if level["is_authority"]}
    return {key: _authority_above(key, by_key, authority_levels) for key in by_key}


def _authority_above(key: Key, by_key: dict[Key, Row], authority_levels: set[str]) -> str | None:
    seen = {key}
    while True:
        area = by_key[key]
        key = (area["parent_level"], area["parent_code"])
        # A parent may lie outside the region; one that holds itself would never end.
        if key not in by_key or key in seen:
            return None
        if key[0] in authority_levels:
            return str(by_key[key]["area_name"])
        seen.add(key)
