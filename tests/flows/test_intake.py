"""Sources read night after night while others change them: nothing but reading, so that a night takes a second."""

import csv
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from flows import steps
from flows.intake import note_good
from flows.kept import mark_whole
from flows.night import tell_nothing_changed
from flows.plan import Plan, make_plan
from flows.steps import Build, Refused
from geo.errors import SourceError
from geo.readers.load import in_reading_order
from tests.building import NOW
from tests.tiny import keep_sources, write_tiny_region

Rows = list[dict[str, str]]
SOURCES = ("authorities", "wards", "population", "collisions")


@dataclass
class Site:
    """A region whose sources are read once a night; `before` nights were read by another."""

    folder: Path
    before: int = 0
    nights: list[Build] = field(default_factory=list)

    @property
    def config(self) -> Path:
        return self.folder / "tiny" / "tiny.toml"

    def plan(self) -> Plan:
        made = make_plan([self.config], None, self.folder / "home")
        return Plan(made.region, made.data, made.store, NOW + timedelta(days=self.before + len(self.nights)))

    def close(self) -> None:
        for build in self.nights:
            build.con.close()

    def read(self) -> Build:
        """Read every source, and take what was read as good, as publishing does."""
        # A file held open would be the same file still.
        self.close()
        plan = self.plan()
        plan.store.prepare()
        build = steps.start_build(plan, plan.inputs())
        try:
            for source in in_reading_order(plan.region):
                steps.load(build, source)
            note_good(build.intake)
            mark_whole(plan.store, build.intake.inputs, build.intake.stale)
        except BaseException:
            build.con.close()
            raise
        self.nights.append(build)
        return build

    def edit(self, name: str, change: Callable[[Rows], Rows]) -> None:
        path = self.config.parent / name
        with path.open(newline="") as file:
            rows = change(list(csv.DictReader(file)))
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)

    def say(self, source: str, line: str) -> None:
        """Add a line to a source's table of the region file."""
        text = self.config.read_text()
        self.config.write_text(text.replace(f'id = "{source}"\n', f'id = "{source}"\n{line}\n'))


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of a region whose sources were read for one night, and what came of it."""
    folder = tmp_path_factory.mktemp("first")
    keep_sources(write_tiny_region(folder / "tiny"), SOURCES)
    made = Site(folder)
    made.say("collisions", "is_provisional = true")
    build = made.read()
    assert rows(build, "SELECT source FROM run.source_state WHERE is_provisional") == [("collisions",)]
    assert rows(build, "SELECT * FROM run.revision") == []
    assert rows(build, "SELECT count(*) FROM run.gate WHERE result <> 'ok'") == [(0,)]
    assert rows(build, "SELECT count(*) FROM run.gate WHERE gate = 'reading'") == [(4,)]
    made.close()
    return folder


@pytest.fixture
def site(first: Path, tmp_path: Path) -> Iterator[Site]:
    made = Site(Path(shutil.copytree(first, tmp_path / "site", symlinks=True)), before=1)
    yield made
    made.close()


def rows(build: Build, query: str) -> list[tuple[Any, ...]]:
    return build.con.execute(query).fetchall()


def gate(build: Build, name: str, source: str) -> list[tuple[Any, ...]]:
    return build.con.execute(
        "SELECT subject, round(measured, 3), result FROM run.gate WHERE gate = ? AND source = ? AND result <> 'ok'",
        [name, source],
    ).fetchall()


def test_the_publisher_s_revisions_are_counted_from_the_second_night_on(site: Site) -> None:
    def revise(given: Rows) -> Rows:
        return [{**r, "speed_limit": "60"} if r["collision_index"] == "C5" else r for r in given[2:]] + [
            {**given[0], "collision_index": "new"}
        ]

    site.edit("collisions.csv", revise)
    build = site.read()
    columns = "rows_added, rows_removed, rows_changed, rows_unchanged"
    assert rows(build, f"SELECT {columns} FROM run.revision WHERE source = 'collisions'") == [(1, 2, 1, 57)]
    assert rows(build, f"SELECT {columns} FROM run.revision WHERE source = 'wards'") == [(0, 0, 0, 4)]
    assert rows(build, "SELECT count(*) FROM run.source_state WHERE is_stale") == [(0,)]
    assert gate(build, "volume", "collisions") == []


FAULTS: dict[str, tuple[Callable[[Site], object], str, str]] = {
    "most rows are gone": (
        lambda s: s.edit("collisions.csv", lambda r: r[:7]),
        "volume",
        "Source 'collisions' is refused: gate 'volume': 0.1167 measured, at least 0.5 allowed",
    ),
    "it is cut off": (
        lambda s: (s.config.parent / "collisions.csv").write_bytes(
            (s.config.parent / "collisions.csv").read_bytes()[:-30]
        ),
        "reading",
        "'collisions.csv' is cut off",
    ),
    "it is gone": (
        lambda s: (s.config.parent / "collisions.csv").unlink(),
        "reading",
        "there is no file 'collisions.csv'",
    ),
}


def test_a_source_that_is_refused_stands_as_it_last_was_good_until_it_is_good_again(site: Site) -> None:
    collisions = site.config.parent / "collisions.csv"
    whole = collisions.read_bytes()
    for fault, (spoil, name, said) in FAULTS.items():
        spoil(site)
        build = site.read()
        assert rows(build, "SELECT count(*) FROM raw.collision") == [(60,)], fault
        found = rows(build, "SELECT source, taken_at, why_stale FROM run.source_state WHERE is_stale")
        assert [f[:2] for f in found] == [("collisions", NOW.replace(tzinfo=None))], fault
        assert said in found[0][2], fault
        assert len(gate(build, name, "collisions")) == 1, fault
        assert said in tell_nothing_changed(build.plan, build.intake.inputs).message, fault
        # It is no new standard to hold the next against.
        assert site.plan().store.snapshots.read("collisions").good[0].profile.rows == 60, fault
        collisions.write_bytes(whole)
    build = site.read()
    assert rows(build, "SELECT count(*) FROM run.source_state WHERE is_stale") == [(0,)]
    assert rows(build, "SELECT count(*) FROM run.gate WHERE result <> 'ok'") == [(0,)]
    assert site.plan().store.snapshots.read("collisions").why_stale is None


def test_without_a_good_version_that_is_whole_the_night_fails(site: Site) -> None:
    snapshots = site.plan().store.snapshots
    copy = snapshots.object(snapshots.read("collisions").good[0].files["collisions.csv"])
    copy.unlink()
    copy.write_text("torn")
    site.edit("collisions.csv", lambda r: r[:7])
    with pytest.raises(Refused, match="gate 'volume'"):
        site.read()
    (site.config.parent / "collisions.csv").unlink()
    with pytest.raises(SourceError, match=r"there is no file 'collisions.csv'"):
        site.read()


def test_what_the_region_file_reads_otherwise_only_warns(site: Site) -> None:
    site.say("collisions", 'where = { collision_severity = "1" }')
    build = site.read()
    assert gate(build, "volume", "collisions") == [("", 0.05, "warn")]
    assert rows(build, "SELECT count(*) FROM raw.collision") == [(3,)]
    assert rows(build, "SELECT count(*) FROM run.revision WHERE source = 'collisions'") == [(0,)]


def test_totals_are_held_as_the_region_file_says_and_final_data_are_compared_with_provisional(
    site: Site,
) -> None:
    assert site.plan().store.snapshots.read("collisions").good[0].is_provisional
    site.config.write_text(site.config.read_text().replace("is_provisional = true\n", ""))
    site.say("collisions", 'totals = { rows = 60, "2023" = 30, casualty_count = 60 }')
    site.say("population", 'totals = { population = 31000 }\ngates = { totals = { severity = "warn" } }')
    site.edit("collisions.csv", lambda r: [{**x, "collision_severity": "2"} for x in r])
    build = site.read()
    assert gate(build, "totals", "collisions") == []
    assert gate(build, "totals", "population") == [("population", 0.032, "warn")]
    found = rows(build, "SELECT was_provisional, rows_changed FROM run.revision WHERE source = 'collisions'")
    assert found == [(True, 51)]
    site.config.write_text(site.config.read_text().replace('severity = "warn"', 'severity = "fail"'))
    with pytest.raises(
        Refused, match=r"gate 'totals' of population: 0\.03226 measured, at most 0\.01 allowed"
    ):
        site.read()


def test_a_second_try_after_a_fault_gives_what_the_first_would_have(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError("No space left on device")

    site.edit("collisions.csv", lambda r: r[:50])
    plan = site.plan()
    build = steps.start_build(plan, plan.inputs())
    site.nights.append(build)
    [source] = [s for s in plan.region.source if s.id == "collisions"]
    for fault in ("write_rows", "compare_rows"):
        with monkeypatch.context() as patched:
            patched.setattr(f"flows.intake.{fault}", full)
            with pytest.raises(OSError, match="No space"):
                steps.load(build, source)
    steps.load(build, source)
    found = [
        rows(build, f"SELECT count(*) FROM {table} WHERE source = 'collisions'")[0][0]
        for table in ("raw.collision", "raw.source_file", "run.source_state", "run.revision")
    ]
    assert found == [50, 1, 1, 1]
