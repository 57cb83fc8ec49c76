"""Going on with last night's build file: what it builds, and that afresh it would give the same.

Here with a handful of models; that all of them give the same is held in test_night.
"""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from flows import kept as kept_module
from flows import steps
from flows.intake import note_good
from flows.kept import Kept, mark_whole, rows_of, take_up
from flows.plan import Plan, make_plan
from flows.snapshots import Version
from geo.profile import Profile
from geo.readers.load import in_reading_order
from queries.build import build_model
from queries.models import build_order, parse_model
from tests.building import NOW
from tests.tiny import keep_sources

SELECTS = {
    "staging.collision": "select c.collision_id, c.severity from raw.collision as c",
    "staging.score": "select s.area_code, s.score from raw.satisfaction_score as s",
    "core.severity": "select c.severity, count(*) as n from staging.collision as c group by c.severity",
    "core.best": "select max(s.score) as best from staging.score as s",
    "core.area": "select a.area_code from raw.area as a",
    "marts.both": "select s.n, b.best from core.severity as s cross join core.best as b",
    "meta.when": "select b.build_id from run.build as b",
}
MODELS = build_order(
    {name: parse_model(name, f"-- One row for a test.\n{text}") for name, text in SELECTS.items()}
)
# Their rows say when they were read, or compared with what.
OF_THE_NIGHT = {"raw.source_file", "run.build", "run.gate", "run.revision", "run.source_state"}


@dataclass(frozen=True)
class Night:
    """What one night read and built, and the fingerprints of all that its build file then held."""

    read: list[str]
    built: list[str]
    tables: dict[str, str]


def night(config: Path, home: Path, n: int = 0) -> Night:
    made = make_plan([config], None, home)
    plan = Plan(made.region, made.data, made.store, NOW + timedelta(days=n))
    plan.store.prepare()
    build = steps.start_build(plan, plan.inputs())
    read = [s.id for s in in_reading_order(plan.region) if steps.load(build, s)]
    built = []
    for model in steps.due(build, MODELS):
        build_model(build.con, model)
        built.append(model.name)
    names = build.con.execute("SELECT schema_name || '.' || table_name FROM duckdb_tables()").fetchall()
    tables = {name: rows_of(build.con, name) for (name,) in names if name not in OF_THE_NIGHT}
    build.con.close()
    note_good(build.intake)
    mark_whole(plan.store, build.intake.inputs, build.intake.stale)
    return Night(read, built, tables)


def replace_in(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_what_has_not_changed_is_not_built_again_and_the_result_is_the_same(
    tiny: Path, tmp_path: Path
) -> None:
    keep_sources(tiny, ("authorities", "collisions", "scores"))
    home, collisions, scores = tmp_path / "home", tiny.parent / "collisions.csv", tiny.parent / "scores.csv"
    first = night(tiny, home)
    assert first.read == ["authorities", "collisions", "scores"]
    assert sorted(first.built) == sorted(SELECTS.keys() - {"meta.when"})

    replace_in(scores, "A2,2024,overall,60", "A2,2024,overall,67")
    second = night(tiny, home, 1)
    assert (second.read, second.built) == (["scores"], ["staging.score", "core.best", "marts.both"])
    assert second.tables != first.tables

    # Other rows, of which the best is the same: what reads that is left alone.
    replace_in(scores, "A1,2024,overall,40", "A1,2024,overall,41")
    third = night(tiny, home, 2)
    assert (third.read, third.built) == (["scores"], ["staging.score", "core.best"])

    collisions.write_text("".join(collisions.read_text().splitlines(keepends=True)[:-3]))
    fourth = night(tiny, home, 3)
    assert fourth.read == ["collisions"]
    assert fourth.built == ["staging.collision", "core.severity", "marts.both"]
    assert night(tiny, tmp_path / "other", 3).tables == fourth.tables

    again = night(tiny, home, 4)
    assert (again.read, again.built) == ([], [])
    assert again.tables == fourth.tables


def mark(config: Path, home: Path) -> None:
    """Leave behind what a published night does, without its rows."""
    plan = make_plan([config], None, home)
    plan.store.prepare()
    plan.store.build_file.touch()
    inputs = plan.inputs()
    for source in plan.region.source:
        profile = Profile(rows=1, rows_read=1, repeated=0, filled={})
        good = Version(
            inputs.of(source.id), "", is_provisional=False, reading="r", profile=profile, rows="rows"
        )
        plan.store.snapshots.note_good(source.id, good, 3)
    mark_whole(plan.store, inputs, {"scores": "It is torn."})


def taken_up(config: Path, home: Path) -> Kept | None:
    plan = make_plan([config], None, home)
    return take_up(plan.store, plan.region, plan.inputs())


def test_sources_that_look_at_each_other_are_read_together(tiny: Path, tmp_path: Path) -> None:
    tiny.write_text(
        f"{tiny.read_text()}\n[[source]]\nkind = 'casualties'\nid = 'hurt'\ntitle = 'Hurt'\n"
        "path = 'hurt.csv'\nof = 'collisions'\n"
    )
    (tiny.parent / "hurt.csv").write_text("collision_index\n")
    mark(tiny, tmp_path)
    with (tiny.parent / "collisions.csv").open("a") as file:
        file.write("\n")
    kept = taken_up(tiny, tmp_path)
    assert kept is not None
    assert kept.again == {"collisions", "hurt"}
    # What stands in for another still does.
    assert kept.stale == {"scores": "It is torn."}


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("wards.geojson", "Westmark S", "Westmark South"),
        ("roads.geojson", "A6001", "A6002"),
        ("tiny.toml", 'title = "Tiny"', 'title = "Small"'),
    ],
)
def test_what_reaches_everywhere_is_built_afresh(
    tiny: Path, tmp_path: Path, file: str, old: str, new: str
) -> None:
    mark(tiny, tmp_path)
    path = tiny.parent / file
    path.write_text(path.read_text().replace(old, new))
    assert taken_up(tiny, tmp_path) is None


def test_a_build_that_was_killed_is_not_gone_on_with(tiny: Path, tmp_path: Path) -> None:
    mark(tiny, tmp_path)
    assert taken_up(tiny, tmp_path) is not None
    assert taken_up(tiny, tmp_path) is None


@pytest.mark.parametrize("gone", ["build/build.duckdb", "build/whole.json", "snapshots/wards.json"])
def test_nor_is_one_that_something_is_missing_of(tiny: Path, tmp_path: Path, gone: str) -> None:
    mark(tiny, tmp_path)
    (tmp_path / "tiny" / gone).unlink()
    assert taken_up(tiny, tmp_path) is None


def test_other_libraries_or_software_build_afresh(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark(tiny, tmp_path)
    monkeypatch.setattr(kept_module, "_libraries", lambda: "others")
    assert taken_up(tiny, tmp_path) is None
