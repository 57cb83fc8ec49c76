"""Fixtures more than one folder needs."""

from pathlib import Path

import pytest
from hypothesis import settings

from geo.region import read_region
from geo.sample import generate
from tests.building import Built, build_in_memory, publish_without_prefect

# A property either holds or not: how long it takes depends on what else the machine does.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The region file of the smallest sample: a region that works."""
    return generate(tmp_path_factory.mktemp("sample"), size="tiny")


@pytest.fixture(scope="session")
def sample_release(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole release of the smallest sample: warehouse, exports and site."""
    return publish_without_prefect(sample, tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The region file of the sample that is made by default: large enough for effects to show."""
    return generate(tmp_path_factory.mktemp("demo"), size="demo")


@pytest.fixture(scope="session")
def demo_built(demo: Path) -> Built:
    """The sample that is made by default, read and built: its marts, without pages."""
    return build_in_memory(read_region(demo), demo.parent)
