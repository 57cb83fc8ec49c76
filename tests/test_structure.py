"""Rules of the house that no linter holds."""

import ast
import re
import subprocess
from importlib import import_module
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("flows", "geo", "queries", "maps")
MAY_IMPORT = {
    "geo": set(),
    "queries": {"geo"},
    "maps": {"geo", "queries"},
    "flows": {"geo", "queries", "maps"},
}
SOURCES = sorted(p for package in PACKAGES for p in (ROOT / package).rglob("*.py"))


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return {name.split(".")[0] for name in names}


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S607
    if listed.returncode:
        pytest.skip("not a git checkout, so there is no list of tracked files")
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_packages_import_in_one_direction(path: Path) -> None:
    package = path.relative_to(ROOT).parts[0]
    assert imported(path) & set(PACKAGES) - {package} <= MAY_IMPORT[package]


def test_only_flows_knows_prefect() -> None:
    assert [p for p in SOURCES if "prefect" in imported(p) and p.relative_to(ROOT).parts[0] != "flows"] == []


def test_duckdb_is_opened_in_one_place() -> None:
    opens = [p.relative_to(ROOT) for p in SOURCES if "duckdb.connect(" in p.read_text("utf-8")]
    assert opens == [Path("geo/warehouse.py")]


@pytest.mark.parametrize("package", PACKAGES)
def test_our_plain_package_names_are_ours_alone(package: str) -> None:
    # An editable install lists no packages, so Placeline itself may be missing here; nobody else may be there.
    assert set(packages_distributions().get(package, [])) <= {"placeline"}
    assert Path(str(import_module(package).__file__)).is_relative_to(ROOT)


def test_nothing_tracked_names_an_index_or_this_machine() -> None:
    index = re.compile(
        rb'"resolved": *"http|index-url *[=:]|registry *= *"?http|https?://[^\s"]*\.(whl|tgz|tar\.gz)\b'
    )
    here = str(ROOT.parent).encode() + b"/"
    faults = [
        str(p.relative_to(ROOT))
        for p in tracked()
        if p != Path(__file__) and (index.search(p.read_bytes()) or here in p.read_bytes())
    ]
    assert faults == []


def test_third_party_scripts_are_not_tracked() -> None:
    names = [p.name for p in tracked() if "vendor" in p.parts or "node_modules" in p.parts]
    assert names == []
