"""Take a file of casualties that repeats its collision's attributes apart into casualties and collisions."""

import duckdb

from geo.contracts import CASUALTY, CASUALTY_WITH_COLLISION, COLLISION
from geo.tables import qualified
from geo.warehouse import quote


def split_casualties(con: duckdb.DuckDBPyConnection, source: str, file: str) -> None:
    """Move the accepted rows of one file on to raw.casualty and raw.collision.

    Every row is a casualty, alike rows too: two people can be hurt alike. A collision is taken from the
    first of its rows; where later rows say otherwise, a note is logged.
    """
    given = qualified(CASUALTY_WITH_COLLISION.table)
    of_collision = {f.name for f in COLLISION.fields}
    of_person = [f.name for f in CASUALTY_WITH_COLLISION.fields if f.name not in of_collision]
    named = ", ".join(quote(name) for name in of_person)
    con.execute(
        f"INSERT INTO {qualified(CASUALTY.table)} BY NAME "
        f"SELECT source, file, row, collision_id, {named} "
        f"FROM {given} WHERE source = ? AND file = ? ORDER BY row",
        [source, file],
    )
    fields = [f.name for f in COLLISION.fields if f.name != "collision_id"]
    facts = ", ".join(f"{quote(name)} := {quote(name)}" for name in fields)
    con.execute(
        f"""
        INSERT INTO raw.issue
        SELECT source, file, row, 'collision_id', collision_id,
            'says of its collision what its first row does not', 'note', 'publisher'
        FROM (
            SELECT *, struct_pack({facts}) AS facts,
                first_value(struct_pack({facts})) OVER (PARTITION BY collision_id ORDER BY row) AS first_facts
            FROM {given} WHERE source = $source AND file = $file
        ) WHERE facts IS DISTINCT FROM first_facts ORDER BY row
        """,
        {"source": source, "file": file},
    )
    con.execute(
        f"""
        INSERT INTO {qualified(COLLISION.table)} BY NAME
        SELECT * EXCLUDE ({named}) FROM {given}
        WHERE source = $source AND file = $file
        QUALIFY row_number() OVER (PARTITION BY collision_id ORDER BY row) = 1
            AND collision_id NOT IN (SELECT collision_id FROM {qualified(COLLISION.table)} WHERE source = $source)
        ORDER BY row
        """,
        {"source": source, "file": file},
    )
    con.execute(f"DELETE FROM {given}")
