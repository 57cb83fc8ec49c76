"""Third-party files come from pinned packages, are checked, and are never committed."""

import json
import shutil
from pathlib import Path

import pytest

from maps import vendor_hook
from maps.assets import third_party

MAPS = Path(vendor_hook.__file__).parent


@pytest.fixture
def maps(tmp_path: Path) -> Path:
    """A copy of what the hook reads, without the files it fetches."""
    for name in ("assets.toml", "package.json", "package-lock.json", ".npmrc"):
        shutil.copyfile(MAPS / name, tmp_path / name)
    return tmp_path


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Npm replaced by one that lays out the files we already have."""

    def npm_ci(folder: Path) -> None:
        for entry in third_party():
            target = folder / "node_modules" / entry["package"] / entry["path"]
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(MAPS / "vendor" / entry["name"], target)

    monkeypatch.setattr(vendor_hook, "npm_ci", npm_ci)


def test_the_lock_file_pins_and_holds_no_address() -> None:
    text = (MAPS / "package-lock.json").read_text("utf-8")
    assert "resolved" not in text
    assert "://" not in text
    packages = json.loads(text)["packages"]
    for entry in third_party():
        assert packages[f"node_modules/{entry['package']}"]["version"] == entry["version"]
        assert packages[f"node_modules/{entry['package']}"]["integrity"].startswith("sha512-")
        assert packages[f"node_modules/{entry['package']}"]["license"] == entry["licence"]


def test_each_package_comes_with_its_licence() -> None:
    names = {entry["name"] for entry in third_party()}
    assert {f"{entry['package']}.LICENSE.txt" for entry in third_party()} <= names


@pytest.mark.usefixtures("installed")
def test_files_are_brought_once_and_left_alone_after(maps: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not vendor_hook.is_complete(maps)
    vendor_hook.fill(maps)
    assert vendor_hook.is_complete(maps)
    assert not (maps / "node_modules").exists()
    monkeypatch.setattr(vendor_hook, "npm_ci", lambda _: pytest.fail("fetched again"))
    hook = vendor_hook.VendorHook(str(maps.parent), {}, None, None, "", "wheel")  # type: ignore[arg-type]
    monkeypatch.setattr(vendor_hook.VendorHook, "_maps", maps)
    hook.initialize("standard", {})
    assert hook.dependencies() == []


@pytest.mark.usefixtures("installed")
def test_another_file_than_the_pinned_one_is_refused_and_nothing_changes(maps: Path) -> None:
    vendor_hook.fill(maps)
    pinned = (maps / "assets.toml").read_text("utf-8")
    sha = next(entry["sha256"] for entry in third_party() if entry["name"] == "leaflet.js")
    (maps / "assets.toml").write_text(pinned.replace(sha, "0" * 64), "utf-8")
    before = {path.name for path in (maps / "vendor").iterdir()}
    with pytest.raises(RuntimeError, match=r"leaflet 1\.9\.4, file dist/leaflet\.js: sha256 is"):
        vendor_hook.fill(maps)
    assert {path.name for path in (maps / "vendor").iterdir()} == before


@pytest.mark.usefixtures("installed")
def test_a_changed_or_extra_file_is_noticed(maps: Path) -> None:
    vendor_hook.fill(maps)
    (maps / "vendor" / "extra.js").write_text("1", "utf-8")
    assert not vendor_hook.is_complete(maps)
    vendor_hook.fill(maps)
    (maps / "vendor" / "leaflet.js").write_text("1", "utf-8")
    assert not vendor_hook.is_complete(maps)


@pytest.mark.parametrize(("npm", "expected"), [("/usr/bin/npm", []), (None, [vendor_hook.NODE_FROM_PYPI])])
def test_node_is_asked_of_pypi_only_without_npm(
    maps: Path, monkeypatch: pytest.MonkeyPatch, npm: str | None, expected: list[str]
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: npm)
    monkeypatch.setattr(vendor_hook.VendorHook, "_maps", maps)
    hook = vendor_hook.VendorHook(str(maps), {}, None, None, "", "wheel")  # type: ignore[arg-type]
    assert hook.dependencies() == expected
