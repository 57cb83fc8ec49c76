import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest

from geo.region import read_region
from geo.sample import Truth, generate
from tests.building import Built, build_in_memory


@dataclass(frozen=True)
class Sample:
    """A generated region, read back from its files."""

    folder: Path
    region: Path

    def areas(self, name: str) -> gpd.GeoDataFrame:
        return gpd.read_file(self.folder / name)

    def csv(self, name: str, **options: Any) -> pd.DataFrame:
        table: pd.DataFrame = pd.read_csv(self.folder / name, **options)
        return table

    def json(self, name: str) -> Any:
        return json.loads((self.folder / name).read_text("utf-8"))


@pytest.fixture(scope="session")
def sample(demo: Path) -> Sample:
    """The sample that is made by default, where effects show."""
    return Sample(demo.parent, demo)


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """The smallest sample, of the same seed."""
    folder = tmp_path_factory.mktemp("tiny")
    return Sample(folder, generate(folder, size="tiny"))


@pytest.fixture(scope="session")
def other(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """The smallest sample, of another seed."""
    folder = tmp_path_factory.mktemp("other")
    return Sample(folder, generate(folder, size="tiny", seed=3))


@pytest.fixture(scope="session")
def tiny_built(tiny: Sample) -> Built:
    """The smallest sample, read and built."""
    return build_in_memory(read_region(tiny.region), tiny.folder)


@pytest.fixture(params=["sample", "other"])
def either(request: pytest.FixtureRequest) -> Sample:
    made: Sample = request.getfixturevalue(request.param)
    return made


@pytest.fixture(scope="session")
def sample_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Truth], Sample]:
    """Return how to generate the default sample with another truth."""

    def make(truth: Truth) -> Sample:
        folder = tmp_path_factory.mktemp("other_truth")
        return Sample(folder, generate(folder, truth=truth))

    return make
