from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from geo.warehouse import connect
from tests.geo.door import Door, open_door


@pytest.fixture(scope="session")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    opened = connect()
    yield opened
    opened.close()


@pytest.fixture
def door(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> Door:
    return open_door(con, tmp_path)
