"""The pack of an authority: the marts' own numbers, nothing that is not published, nothing that runs."""

import csv
import re
import shutil
import zipfile
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from geo.correction_contracts import CORRECTION
from geo.warehouse import connect
from maps.pack_scope import PackError
from maps.preview import FORM, PAGE, Pack, cell, policy, style, write_pack
from queries.models import load_models
from tests.maps.conftest import visiting
from tests.maps.made_up import HOSTILE

# The county, which has several districts below it.
COUNTY = "D10000001"
KEYS = {name: model.key for name, model in load_models().items()}


@pytest.fixture(scope="module")
def released(sample_release: Path) -> Path:
    return sample_release / "placeline.duckdb"


@pytest.fixture(scope="module")
def pack(released: Path, tmp_path_factory: pytest.TempPathFactory) -> Pack:
    return write_pack(released, "doggershire", tmp_path_factory.mktemp("pack"), keys=KEYS)


@pytest.fixture(scope="module")
def hostile(released: Path, tmp_path_factory: pytest.TempPathFactory) -> Pack:
    """The pack of an authority whose every name, label and claim tries to be markup, script or a formula."""
    folder = tmp_path_factory.mktemp("hostile")
    copy = folder / "w.duckdb"
    shutil.copy(released, copy)
    copy.chmod(0o600)
    with connect(copy) as con:
        for table, column, text in (
            ("marts.area", "area_name", HOSTILE[0]),
            ("marts.outcome_definition", "label", HOSTILE[3]),
            ("marts.outcome_definition", "caveats", HOSTILE[0]),
            ("marts.outcome", "method", HOSTILE[1]),
            ("marts.contract", "buyer_name", HOSTILE[2]),
            ("core.incident", "recorded_authority", HOSTILE[2]),
            ("meta.issue", "rule", HOSTILE[0]),
            ("meta.source", "attribution", HOSTILE[0]),
            ("meta.build", "title", HOSTILE[0]),
            ("meta.dictionary", "column_comment", HOSTILE[0]),
        ):
            con.execute(f"UPDATE {table} SET {column} = ?", [text])
        con.execute(
            "INSERT INTO marts.correction BY NAME SELECT 'replies' AS source, 'y1' AS correction_id, $code AS area_code, "
            "'marts.outcome' AS table_or_source, 'value' AS field, $text AS claim, $text AS evidence, $text AS "
            "reviewed_by, DATE '2026-01-02' AS reviewed_on, 'accepted' AS decision, 'note only' AS result, "
            "outcome, area_level, area_code AS outcome_area_code FROM marts.outcome WHERE area_code = $code LIMIT 1",
            {"code": COUNTY, "text": HOSTILE[0]},
        )
    return write_pack(copy, COUNTY, folder / "out", keys=KEYS)


def rows(pack: Pack, name: str) -> list[dict[str, str]]:
    with (pack.folder / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def query(warehouse: Path, sql: str) -> Sequence[tuple[object, ...]]:
    with connect(warehouse, read_only=True) as con:
        return con.execute(sql).fetchall()


def as_number(text: str) -> float | None:
    return float(text) if text else None


def test_every_outcome_of_the_authority_and_the_areas_within_it_is_there_as_in_the_marts(
    pack: Pack, released: Path
) -> None:
    below = """
        WITH RECURSIVE below AS (
            SELECT area_level, area_code FROM marts.area WHERE area_code = 'D10000001'
            UNION SELECT a.area_level, a.area_code FROM marts.area AS a JOIN below AS b
                ON a.parent_level = b.area_level AND a.parent_code = b.area_code)
    """
    wanted = query(
        released,
        f"""{below} SELECT outcome, area_level, area_code, period_start::VARCHAR, period_end::VARCHAR,
            coalesce(comparator, ''), value, lower, upper, observations::DOUBLE, comparator_value, coalesce(verdict, '')
        FROM marts.outcome SEMI JOIN below USING (area_level, area_code)
        LEFT JOIN marts.comparison USING (outcome, area_level, area_code, period_start, period_end)""",
    )
    found = [
        (
            *(
                r[n]
                for n in ("outcome", "area_level", "area_code", "period_start", "period_end", "comparator")
            ),
            *(as_number(r[n]) for n in ("value", "lower", "upper", "observations", "comparator_value")),
            r["verdict"],
        )
        for r in rows(pack, "outcome.csv")
    ]
    assert len(found) > 1000
    assert {r[1] for r in found} == {"highway_authority", "district", "ward", "small_area"}
    assert sorted(found, key=repr) == sorted(wanted, key=repr)


def test_every_row_says_how_it_was_made_and_its_query_gives_it(pack: Pack, released: Path) -> None:
    given = rows(pack, "outcome.csv")
    assert all(r["method"] and r["source"] and r["table_or_source"] == "marts.outcome" for r in given)
    with connect(released, read_only=True) as con:
        for row in given[:: len(given) // 20]:
            cursor = con.execute(row["query"])
            names = [d[0] for d in cursor.description or ()]
            [found] = cursor.fetchall()
            said = dict(zip(names, found, strict=True))
            assert said["value"] == as_number(row["value"])
            key = ("outcome", "area_level", "area_code", "period_start", "period_end")
            assert row["record_id"] == "/".join(str(said[k]) for k in key)


@pytest.mark.parametrize(
    ("file", "sql"),
    [
        ("trend.csv", "SELECT count(*) FROM marts.trend WHERE area_code LIKE 'D10000001' AND area_level = 'highway_authority'"),
        ("spend.csv", "SELECT count(*) FROM marts.spend WHERE area_code = 'D10000001'"),
        ("contract.csv", "SELECT count(*) FROM marts.contract WHERE area_code = 'D10000001'"),
        ("report_category.csv", "SELECT count(*) FROM marts.report_category WHERE authority_code = 'D10000001'"),
        (
            "authority_disagreement.csv",
            (
                "SELECT count(*) FROM marts.authority_disagreement "
                "WHERE 'D10000001' IN (located_code, recorded_code, responsible_code)"
            ),
        ),
    ],
)  # fmt: skip
def test_other_marts_enter_by_their_columns(pack: Pack, released: Path, file: str, sql: str) -> None:
    [(wanted,)] = query(released, sql)
    own = [r for r in rows(pack, file) if r.get("area_level", "highway_authority") == "highway_authority"]
    assert len(own) == wanted
    assert wanted


def test_a_mart_made_tomorrow_enters_with_what_hangs_on_it(released: Path, tmp_path: Path) -> None:
    copy = tmp_path / "w.duckdb"
    shutil.copy(released, copy)
    copy.chmod(0o600)
    with connect(copy) as con:
        con.execute("CREATE TABLE marts.snag (snag VARCHAR, acting_codes VARCHAR[], loss DOUBLE)")
        con.execute(
            "INSERT INTO marts.snag VALUES ('s1', ['D06000001', 'D10000001'], 2), ('s2', ['D06000001'], 3)"
        )
        con.execute("CREATE TABLE marts.snag_reason (snag VARCHAR, nth BIGINT, sentence VARCHAR)")
        con.execute("INSERT INTO marts.snag_reason VALUES ('s1', 1, 'Here.'), ('s2', 1, 'There.')")
        con.execute(
            "INSERT INTO meta.dictionary SELECT schema_name || '.' || table_name, column_name, column_index, data_type, "
            "'A row.', 'A column.' FROM duckdb_columns() WHERE table_name LIKE 'snag%'"
        )
    made = write_pack(copy, COUNTY, tmp_path / "out", keys={**KEYS, "marts.snag": ("snag",)})
    assert [(r["record_id"], r["acting_codes"]) for r in rows(made, "snag.csv")] == [
        ("s1", "D06000001; D10000001")
    ]
    assert [r["sentence"] for r in rows(made, "snag_reason.csv")] == ["Here."]


def test_the_rows_behind_are_those_located_recorded_or_answered_for_there(pack: Pack, released: Path) -> None:
    wanted = query(
        released,
        """
        SELECT DISTINCT concat_ws('/', incident_kind, source, incident_id)
        FROM core.incident_authority JOIN core.incident_responsible USING (incident_kind, source, incident_id)
        WHERE incident_kind <> 'response'
            AND (core.incident_authority.located_code = 'D10000001' OR recorded_code = 'D10000001'
                OR responsible_code = 'D10000001' OR shared_with_code = 'D10000001')
        """,
    )
    found = rows(pack, "core_incident.csv")
    assert {r["record_id"] for r in found} == {w for (w,) in wanted}
    assert found
    assert {r["incident_kind"] for r in found} <= {"collision", "report"}
    assert all(re.fullmatch(r"(-?\d+\.\d -?\d+\.\d)?", r["location"]) for r in found)


def test_nothing_but_what_is_published_enters(pack: Pack, released: Path) -> None:
    closed = {s for (s,) in query(released, "SELECT source FROM meta.source WHERE publish <> 'rows'")}
    for path in pack.folder.glob("core_*.csv"):
        assert not {r["source"] for r in rows(pack, path.name)} & closed
    text = "".join(p.read_text("utf-8") for p in pack.folder.iterdir())
    assert "respondent" not in text.casefold()
    assert not re.search(r"[\w.]+@[\w.]+\.\w+", text)


def test_the_zip_is_the_folder_and_made_alike_twice(pack: Pack, released: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(pack.archive) as packed:
        held = {Path(n).name: packed.read(n) for n in packed.namelist()}
    assert held == {p.name: p.read_bytes() for p in pack.folder.iterdir()}
    again = write_pack(released, COUNTY, tmp_path, keys=KEYS)
    assert again.archive.read_bytes() == pack.archive.read_bytes()


def test_the_form_has_the_columns_of_the_contract_and_no_row(pack: Pack) -> None:
    assert rows(pack, FORM) == []
    head = (pack.folder / FORM).read_text("utf-8-sig").strip()
    assert head.split(",") == [f.name for f in CORRECTION.fields]


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("dogger", r"Did you mean .*Doggershire \(D10000001\)"),
        ("Haddock Vale", "at the level district, but packs are made of authorities"),
        ("zzz", r"There are: Silverpit \(D06000001\)"),
    ],
)
def test_a_name_that_is_none_says_what_is_near(
    released: Path, tmp_path: Path, wanted: str, said: str
) -> None:
    with pytest.raises(PackError, match=said):
        write_pack(released, wanted, tmp_path, keys=KEYS)
    assert not [*tmp_path.iterdir()]


def test_a_name_of_two_asks_for_the_code(hostile: Pack, tmp_path: Path) -> None:
    with pytest.raises(PackError, match=r"name of several authorities: .*D06000001.* Give the code\."):
        write_pack(hostile.folder.parent.parent / "w.duckdb", HOSTILE[0], tmp_path, keys=KEYS)


def test_a_folder_that_holds_something_else_is_left_alone(released: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", "utf-8")
    with pytest.raises(PackError, match="holds something else"):
        write_pack(released, COUNTY, tmp_path, keys=KEYS, named=False)
    assert (tmp_path / "mine.txt").is_file()


@pytest.mark.parametrize("text", ["=1+1", "+1", "@x", "-x", "\tx"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert cell(text) == f"'{text}"
    assert cell(-1.5) == -1.5


class Reader(HTMLParser):
    """What of a page can be counted without a browser."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.headings: list[int] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append(tag)
        assert not [name for name in given if name.startswith("on")]
        if tag == "a":
            self.links.append(given["href"] or "")
        if given.get("id"):
            self.ids.append(given["id"] or "")
        if re.fullmatch(r"h\d", tag):
            self.headings.append(int(tag[1]))
        if tag == "th":
            assert given.get("scope") in {"col", "row"}


def test_the_page_is_whole_by_itself_and_in_order(pack: Pack) -> None:
    reader = Reader()
    text = (pack.folder / PAGE).read_text("utf-8")
    reader.feed(text)
    assert not {"script", "img", "iframe", "form", "object"} & {*reader.tags}
    for link in reader.links:
        assert link[1:] in reader.ids if link.startswith("#") else (pack.folder / link).is_file(), link
    assert len({*reader.ids}) == len(reader.ids)
    assert reader.headings.count(1) == 1
    assert all(b - a <= 1 for a, b in zip(reader.headings, reader.headings[1:], strict=False))
    assert reader.tags.count("table") == reader.tags.count("caption")
    assert policy(style()) in text.replace("&#39;", "'")


@pytest.mark.browser
@pytest.mark.parametrize("width", [1440, 390])
def test_the_page_opens_with_no_network_and_no_name_runs(browser: Browser, hostile: Pack, width: int) -> None:
    with visiting(browser, width=width) as visit:
        visit.open((hostile.folder / PAGE).as_uri())
        visit.page.eval_on_selector_all("details", "all => all.forEach(one => { one.open = true; })")
        shown = visit.page.text_content("body") or ""
        for text in (HOSTILE[0], HOSTILE[1], HOSTILE[2]):
            assert text in shown
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
        # The style is let in by its hash.
        assert visit.page.eval_on_selector(".skip", "one => getComputedStyle(one).position") == "absolute"
        visit.page.emulate_media(media="print")
        assert not visit.page.locator(".contents").is_visible()
        assert visit.page.locator(".note").first.is_visible()
        visit.assert_clean()


def test_hostile_text_is_safe_in_a_spreadsheet(hostile: Pack) -> None:
    for path in hostile.folder.glob("*.csv"):
        for row in rows(hostile, path.name):
            assert not [v for v in row.values() if v and re.match(r"[=+@\t\r]", v)], path.name
    assert {r["recorded_authority"] for r in rows(hostile, "core_incident.csv")} == {f"'{HOSTILE[2]}"}
