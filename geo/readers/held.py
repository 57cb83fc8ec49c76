"""A row that two sources of one release read from the same file counts once, under the first of them.

Two regions often name the same file whole, a national one or that of a force whose patch reaches over both.
"""

from collections.abc import Sequence
from itertools import takewhile

import duckdb

from geo.errors import SourceError
from geo.region import Region
from geo.sources import Source
from geo.tables import qualified

# What a region may say in its own way of rows that stay the same.
_OWN = {
    "id", "title", "path", "where", "of", "complete_for", "publisher", "licence", "attribution", "publish",
    "fetched_on", "period_start", "period_end", "max_rejected_share",
}  # fmt: skip


def twins(source: Source, region: Region) -> list[str]:
    """Return the ids of earlier sources that read a file of this one in the same way.

    Raises:
        SourceError: one of them may be published otherwise than this one.
    """
    earlier = takewhile(lambda s: s.id != source.id, region.source)
    found = [s for s in earlier if {*s.path} & {*source.path} and _reading(s) == _reading(source)]
    for twin in found:
        if twin.publish != source.publish:
            raise SourceError(
                f"Sources '{twin.id}' and '{source.id}' read the same file in the same way, but one says publish = "
                f"'{twin.publish}' and the other '{source.publish}'. Say the same in both."
            )
    return [twin.id for twin in found]


def leave_out_held(
    con: duckdb.DuckDBPyConnection, tables: Sequence[str], source: str, file: str, others: list[str]
) -> int:
    """Delete the rows of one file that other sources hold; return how many records that were.

    Args:
        con: the build warehouse.
        tables: raw tables that the file's rows went to; a record is a row of the first.
        source: whose rows are deleted.
        file: the file, as in the region file.
        others: ids of sources that hold the same rows.
    """
    if not others or not tables:
        return 0
    gone = [
        con.execute(
            f"""
            DELETE FROM {qualified(table)} AS given
            WHERE given.source = $source AND given.file = $file AND EXISTS (
                SELECT 1 FROM {qualified(table)} AS held
                WHERE list_contains($others, held.source) AND held.file = given.file AND held.row = given.row
            )
            """,
            {"source": source, "file": file, "others": others},
        ).fetchall()[0][0]
        for table in tables
    ]
    return int(gone[0])


def _reading(source: Source) -> dict[str, object]:
    return source.model_dump(exclude=_OWN)
