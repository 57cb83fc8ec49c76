"""Which authority a pack is about, and which areas, incidents and sources go with it."""

from dataclasses import dataclass
from difflib import get_close_matches

import duckdb

from geo.errors import PlacelineError
from maps.read import Row, Warehouse


class PackError(PlacelineError):
    """No pack can be made of what was asked for."""


@dataclass(frozen=True)
class Authority:
    """The authority that a pack is about."""

    level: str
    code: str
    name: str


def find_authority(warehouse: Warehouse, wanted: str) -> Authority:
    """Return the authority with a code or name, letter case aside.

    Raises:
        PackError: no authority is called so, or several are; says which come near.
    """
    areas = warehouse.rows(
        """
        SELECT area.area_level, area.area_code, area.area_name, area.parent_code, level.is_authority
        FROM marts.area AS area JOIN marts.area_level AS level USING (area_level) ORDER BY ALL
        """
    )
    said = wanted.strip().casefold()
    authorities = [a for a in areas if a["is_authority"]]
    found = [a for a in authorities if a["area_code"].casefold() == said] or [
        a for a in authorities if a["area_name"].casefold() == said
    ]
    if len(found) == 1:
        return Authority(found[0]["area_level"], found[0]["area_code"], found[0]["area_name"])
    if found:
        raise PackError(f"'{wanted}' is the name of several authorities: {_listed(found)}. Give the code.")
    raise PackError(f"No authority of this release is called '{wanted}'. {_advice(areas, authorities, said)}")


def _advice(areas: list[Row], authorities: list[Row], said: str) -> str:
    of_other_level = [a for a in areas if said in (a["area_code"].casefold(), a["area_name"].casefold())]
    if of_other_level:
        area = of_other_level[0]
        return (
            f"There is one at the level {area['area_level']}, but packs are made of authorities "
            f"({authorities[0]['area_level'] if authorities else 'there are none'}); it is in their files."
        )
    names = {a["area_name"].casefold(): a for a in authorities}
    near = [a for name, a in names.items() if said and said in name]
    near += [names[n] for n in get_close_matches(said, names, n=3) if names[n] not in near]
    if near:
        return f"Did you mean {_listed(near[:5])}?"
    return f"There are: {_listed(authorities[:20])}{' and more' if len(authorities) > 20 else ''}."  # noqa: PLR2004


def _listed(areas: list[Row]) -> str:
    return ", ".join(f"{a['area_name']} ({a['area_code']})" for a in areas) or "none"


def write_scope(con: duckdb.DuckDBPyConnection, authority: Authority) -> None:
    """Write temporary tables of what is the authority's: pack_area, pack_incident and pack_source.

    Survey answers are never among the incidents, as each is a person's.
    """
    con.execute(
        """
        CREATE OR REPLACE TEMP TABLE pack_area AS
        WITH RECURSIVE below AS (
            SELECT area_level, area_code, area_name, 0 AS depth FROM marts.area
            WHERE area_level = $level AND area_code = $code
            UNION
            SELECT area.area_level, area.area_code, area.area_name, below.depth + 1
            FROM marts.area AS area
            JOIN below ON area.parent_level = below.area_level AND area.parent_code = below.area_code
        )
        SELECT area_level, area_code, area_name, min(depth) AS depth FROM below GROUP BY ALL
        """,
        {"level": authority.level, "code": authority.code},
    )
    told = {
        "core.incident_authority": ("located_code", "recorded_code"),
        "core.incident_responsible": ("located_code", "responsible_code", "shared_with_code"),
    }
    known = {name for (name,) in con.execute("SELECT DISTINCT table_name FROM meta.dictionary").fetchall()}
    parts = [
        f"SELECT incident_kind, source, incident_id FROM {table} "
        f"WHERE incident_kind <> 'response' AND $code IN ({', '.join(columns)})"
        for table, columns in told.items()
        if table in known
    ]
    none = "SELECT NULL::VARCHAR AS incident_kind, NULL::VARCHAR AS source, NULL::VARCHAR AS incident_id WHERE false"
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE pack_incident AS {' UNION '.join([none, *parts])}",
        {"code": authority.code} if parts else {},
    )
    con.execute(
        """
        CREATE OR REPLACE TEMP TABLE pack_source AS
        SELECT DISTINCT trim(unnest(string_split(source, ','))) AS source
        FROM (
            SELECT source FROM marts.outcome SEMI JOIN pack_area USING (area_level, area_code)
            UNION SELECT source FROM pack_incident
        )
        """
    )
