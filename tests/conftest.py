"""Fixtures more than one folder needs."""

from pathlib import Path

import pytest

from geo.sample import generate
from tests.building import publish_without_prefect


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The region file of the built-in sample."""
    return generate(tmp_path_factory.mktemp("sample"))


@pytest.fixture(scope="session")
def sample_release(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole release of the sample: warehouse, exports and site."""
    return publish_without_prefect(sample, tmp_path_factory.mktemp("home"))
