import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest

from geo.sample import Truth, generate


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


def _made(folder: Path, seed: int) -> Sample:
    return Sample(folder, generate(folder, seed=seed))


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return _made(tmp_path_factory.mktemp("doggerland"), 8000)


@pytest.fixture(scope="session")
def other(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return _made(tmp_path_factory.mktemp("other"), 3)


@pytest.fixture(params=["sample", "other"])
def either(request: pytest.FixtureRequest) -> Sample:
    made: Sample = request.getfixturevalue(request.param)
    return made


@pytest.fixture(scope="session")
def sample_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Truth], Sample]:
    """Return how to generate the sample with another truth."""

    def make(truth: Truth) -> Sample:
        folder = tmp_path_factory.mktemp("other_truth")
        return Sample(folder, generate(folder, truth=truth))

    return make
