"""A bench to build single models on, and a tiny warehouse built whole."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.queries.drawing import Bench
from tests.queries.tiny import build_warehouse


@pytest.fixture(scope="session")
def shared_bench() -> Iterator[Bench]:
    bench = Bench()
    with bench.con:
        yield bench


@pytest.fixture
def bench(shared_bench: Bench) -> Bench:
    shared_bench.reset()
    return shared_bench


@pytest.fixture(scope="session")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build file of the tiny region."""
    return build_warehouse(tmp_path_factory.mktemp("warehouse") / "build.duckdb")
