"""Pages about more than one authority: what they say is in the warehouse, whatever its text holds, for every reader."""

import csv
import html
import json
import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import duckdb
import pytest
from playwright.sync_api import Browser, expect

from geo.warehouse import connect
from maps import figures
from maps.across import PAGES
from maps.figures import interval, share, table, text
from maps.marks import Class, Marks
from maps.read import Warehouse
from maps.read_across import TABLES, weight_sets
from maps.site import build_site
from tests.maps.conftest import visiting
from tests.maps.made_up import HOSTILE

NAMES = [name for name, *_ in PAGES]
# Which rows of a mart its table on a page shows.
SHOWN = {
    "problem": "part_of is null",
    "hotspot": "view = 'region' or is_only_alone",
    "border_contrast": "band_km = 2",
    "corridor_summary": "is_across_borders",
    "corridor_profile": "is_across_borders",
}
# Words that pages and models reckon with; all other text is anybody's.
RECKONED = {
    "kind", "theme", "outcome", "area_level", "layer", "view", "loss_unit", "verdict", "wording", "road_class", "list_of",
    "collision_verdict", "corridor", "weights", "incident_kind", "uncertainty_kind", "parent_level", "basis",
}  # fmt: skip
DRAWN_SECTIONS = """corridor_section where geom is not null
    and corridor in (select corridor from marts.corridor_summary where is_across_borders)"""
HOTSPOTS = """
insert into marts.hotspot by name
select 'collisions_against_usual' as outcome, 'grid' as layer, view, hotspot, date '2020-01-01' as period_start,
    date '2024-12-31' as period_end, 2 as site_count, 12.0 as observed_count, 4.5 as expected_count,
    1.25 as excess_per_year, 0.5 as excess_per_year_lower, 2.125 as excess_per_year_upper, 4.0 as gi_star, 0.001 as p,
    0.01 as q, area_code as authority_codes, area_code as party_codes, seen as seen_alone_by_codes,
    false as is_across_borders, only_whole as is_only_borderless, view <> 'region' as is_only_alone, 'by hand' as method,
    'collisions' as source, st_buffer(st_centroid(geom), 0.01) as geom
from marts.area
cross join (values ('region', 'one', '', true), ('region', 'two', '$', false), ('$', 'three', '$', false))
    as given (view, hotspot, seen, only_whole)
where area_level in (select area_level from marts.area_level where is_authority)
qualify row_number() over (partition by hotspot order by area_code) = 1
"""


class Parsed(HTMLParser):
    """The tables of a page: titles, names of columns, and each cell's text with the values behind it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tables: dict[str, dict[str, Any]] = {}
        self._table: dict[str, Any] = {}
        self._cell: list[Any] | None = None
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "table":
            self._table = {"file": given["data-file"], "names": [], "rows": []}
            self.tables[given["id"]] = self._table
        elif "data-names" in given:
            self._table["names"].append(json.loads(given["data-names"]))
        elif tag == "tr" and self._table.get("names"):
            self._table["rows"].append([])
        elif "data-values" in given:
            self._cell = ["", json.loads(given["data-values"])]
            self._table["rows"][-1].append(self._cell)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._cell = None

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._cell is not None:
            self._cell[0] += data


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory, sample_release: Path) -> Path:
    """The sample's warehouse with hotspots put in by hand."""
    return _copy(sample_release, tmp_path_factory.mktemp("told"), hostile=False)


@pytest.fixture(scope="session")
def pages(told: Path) -> Path:
    return _site(told)


@pytest.fixture(scope="session")
def hostile_pages(tmp_path_factory: pytest.TempPathFactory, sample_release: Path) -> Path:
    """The same with hostile text in front of every name, code and sentence."""
    return _site(_copy(sample_release, tmp_path_factory.mktemp("hostile"), hostile=True))


def _copy(release: Path, folder: Path, *, hostile: bool) -> Path:
    path = folder / "placeline.duckdb"
    path.write_bytes((release / "placeline.duckdb").read_bytes())
    con = connect(path)
    con.execute(HOTSPOTS)
    # Stands for the code of the authority that the hotspot lies in.
    con.execute("update marts.hotspot set view = authority_codes where view = '$'")
    con.execute(
        "update marts.hotspot set seen_alone_by_codes = authority_codes where seen_alone_by_codes = '$'"
    )
    for table_name in TABLES if hostile else ():
        columns = con.execute(
            "select column_name from duckdb_columns() where schema_name = 'marts' and table_name = ? "
            "and data_type = 'VARCHAR' order by column_name",
            [table_name],
        ).fetchall()
        for (column,) in columns:
            if column not in RECKONED and not column.endswith("code"):
                con.execute(
                    f"update marts.{table_name} set {column} = ? || {column}", [HOSTILE[len(column) % 4]]
                )
    con.close()
    return path


def _site(warehouse: Path) -> Path:
    site = warehouse.parent / "site"
    build_site(warehouse, site, exports=None)
    (site / "status.js").write_text("window.placelineStatus = null;\n")
    (run,) = (site / "runs").iterdir()
    return run


@pytest.fixture(scope="session")
def con(told: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    con = connect(told, read_only=True)
    yield con
    con.close()


# ---- what the pages say is in the warehouse ---------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_every_value_of_every_table_is_in_its_mart(
    pages: Path, con: duckdb.DuckDBPyConnection, name: str
) -> None:
    parsed = Parsed((pages / name).read_text("utf-8"))
    assert parsed.tables
    for found in parsed.tables.values():
        mart = found["file"]
        if mart == "priority_sensitivity":
            continue  # Summed: the next test reckons it anew.
        columns = {row[0] for row in con.execute(f"describe marts.{mart}").fetchall()}
        names = [one for of_column in found["names"] for one in of_column]
        own = [at for at, one in enumerate(names) if one in columns]
        given = [[value for _, values in row for value in values] for row in found["rows"]]
        where = SHOWN.get(mart, f"list_of = '{'problem' if name == 'priorities.html' else 'exemplar'}'"
                          if mart == "priority_accounting" else "true")  # fmt: skip
        rows = con.execute(
            f"select {', '.join(names[at] for at in own)} from marts.{mart} where {where}"
        ).fetchall()
        expected = Counter(json.dumps(row, default=lambda day: day.isoformat()) for row in rows)
        assert sum(expected.values()) <= figures.MOST, "more than a page shows"
        assert Counter(json.dumps([row[at] for at in own]) for row in given) == expected, mart


@pytest.mark.parametrize("name", NAMES)
def test_every_number_shown_is_the_value_behind_it_rounded(pages: Path, name: str) -> None:
    for found in Parsed((pages / name).read_text("utf-8")).tables.values():
        for row in found["rows"]:
            for shown, values in row:
                numbers = [value for value in values if isinstance(value, int | float)]
                if any(isinstance(value, str) for value in values) or "under" in shown or "over" in shown:
                    continue
                written = re.findall(r"[-\N{MINUS SIGN}]?[\d,]+(?:\.\d+)?", shown)
                assert bool(written) == bool(numbers), (shown, values)
                for one in written:
                    plain = one.replace(",", "").replace("\N{MINUS SIGN}", "-")
                    half = 0.5 * 10 ** -len(plain.partition(".")[2]) + 1e-9
                    scale = 100 if shown.endswith("%") else 1
                    assert any(abs(scale * value - float(plain)) <= half for value in numbers), (
                        shown,
                        values,
                    )


def test_the_summaries_are_counts_of_the_warehouse(pages: Path, con: duckdb.DuckDBPyConnection) -> None:
    def one(query: str) -> Any:
        row = con.execute(query).fetchone()
        assert row
        return row[0]

    def said(name: str) -> str:
        return " ".join(html.unescape((pages / name).read_text("utf-8")).split())

    count, sure = (
        one(f"select count(*) from marts.problem where part_of is null and {also}")
        for also in ("true", "is_sure")
    )
    assert f"{count} problems, each event counted once: {sure or 'none'} surely worse" in said(
        "priorities.html"
    )
    first = one("select name from marts.problem where rank_overall = 1")
    assert f"The greatest under this region's weights is {first}." in said("priorities.html")
    assert "shows 2 hotspots: 1 that no authority would see alone; none with more than one" in said(
        "hotspots.html"
    )
    pairs = one("select count(*) from (select distinct area_code, neighbour_code from marts.border_contrast)")
    told, whole = (
        one(
            "select count(*) from marts.border_contrast where band_km = 2 and corridor = 'all roads' "
            f"and road_class = 'all' and {also}"
        )
        for also in ("verdict in ('higher', 'lower')", "true")
    )
    assert f"{pairs} borders between authorities." in said("borders.html")
    assert f"a difference was told in {told or 'none'} of {whole} contrasts" in said("borders.html")
    across, worse = (
        one(f"select {what} from marts.corridor_summary where is_across_borders")
        for what in ("count(*)", "sum(worse_count)::bigint")
    )
    assert f"{across} corridors cross borders" in said("corridors.html")
    assert f"Sections that are worse than usual: {worse or 'none'}" in said("corridors.html")
    assert f"{one('select count(*) from marts.exemplar')} places do better" in said("works.html")
    grouped = one("select count(*) from marts.action_group_member where reason is null")
    groups = one("select count(*) from marts.action_group")
    assert f"{grouped} authorities of 8 would gain from acting in {groups} groups" in said("together.html")


def test_other_weights_keep_as_many_of_the_first_ten(pages: Path, con: duckdb.DuckDBPyConnection) -> None:
    ranks = con.execute("select weights, problem, rank from marts.priority_sensitivity").fetchall()
    firsts: dict[str, set[str]] = {}
    for weights, problem, rank in ranks:
        firsts.setdefault(weights, set()).update({problem} if rank <= 10 else set())
    rows = Parsed((pages / "priorities.html").read_text("utf-8")).tables["weights"]["rows"]
    assert {row[0][0]: row[2][1][0] for row in rows} == {
        weights: len(first & firsts["region"]) for weights, first in firsts.items()
    }


def test_what_falls_out_of_the_first_ten_is_not_kept() -> None:
    con = connect()
    con.execute("create schema marts")
    con.execute("""
        create table marts.priority_sensitivity as
        from (values ('a', 'region', 1, 0, true), ('b', 'region', 2, 0, true), ('a', 'other', 12, 11, false),
                     ('b', 'other', 1, -1, true)) as given (problem, weights, rank, moved, is_top)
    """)
    con.execute("""
        create table marts.priority_weight as
        from (values ('region', 'safety', 1.0), ('other', 'safety', 2.0)) as given (weights, theme, weight)
    """)
    found = {row["weights"]: (row["kept"], row["furthest"]) for row in weight_sets(Warehouse(con))}
    con.close()
    assert found == {"region": (2, 0), "other": (1, 11)}


def test_what_cannot_be_computed_says_why(pages: Path, con: duckdb.DuckDBPyConnection) -> None:
    reason = "select reason from marts."
    for name, query in (
        ("priorities.html", "priority_accounting where list_of = 'problem' and judged = 0"),
        ("works.html", "priority_accounting where list_of = 'exemplar' and judged = 0"),
        ("hotspots.html", "hotspot_count where reason is not null"),
        (
            "borders.html",
            "border_contrast where reason is not null and band_km = 2 and (corridor, road_class) = ('all roads', 'all')",
        ),
    ):
        for (why,) in con.execute(reason + query).fetchall():
            assert html.escape(why) in (pages / name).read_text("utf-8"), name


def test_a_strip_has_every_section_and_every_authority(pages: Path, con: duckdb.DuckDBPyConnection) -> None:
    page = (pages / "corridors.html").read_text("utf-8")
    strips = re.findall(r'<svg class="strip".*?</svg>\s*<p class="holders">.*?</p>', page, re.DOTALL)
    given = []
    for strip in strips:
        boxes = re.findall(r'strip-box strip-(\w+)" x="([\d.]+)%" y="0" width="([\d.]+)%"', strip)
        assert float(boxes[0][1]) == 0
        assert sum(float(width) for *_, width in boxes) == pytest.approx(100, abs=0.01)
        changes = strip.count("strip-change")
        given.append((re.findall(r'aria-label="(.*?),', strip)[0], [name for name, *_ in boxes], changes))
    expected = con.execute("""
        select corridor,
            list(if(collision_verdict in ('better', 'similar', 'worse'), collision_verdict, 'none') order by section),
            sum(moved)::bigint
        from (select *, (area_code <> lag(area_code) over (partition by corridor order by section))::int as moved
              from marts.corridor_profile where is_across_borders)
        group by corridor
    """).fetchall()
    assert sorted(given) == sorted(expected)
    assert strips


def test_a_release_older_than_the_tables_says_so(run: Path) -> None:
    for name in NAMES:
        page = (run / name).read_text("utf-8")
        assert "Not computable here, because this release was made before these figures were." in page
        assert "<table" not in page


def test_a_longer_table_says_where_the_rest_is() -> None:
    rows = [{"name": f"n{at}"} for at in range(figures.MOST + 5)]
    made = table("t", "T", [text("Name", "name")], rows, "mart")
    assert (len(made.body), made.total) == (figures.MOST, figures.MOST + 5)


@pytest.mark.parametrize(
    ("values", "written"),
    [
        ((2.5, 1.25, 3.75), "2.5 (1.2 to 3.8)"),
        ((2.5, None, None), "2.5 (no limits)"),
        ((None, 1.5, None), "at least 1.5"),
        ((None, None, None), "\N{EN DASH}"),
        ((0.0, -1.5, 0.5), "0.0 (\N{MINUS SIGN}1.5 to 0.5)"),
    ],
)
def test_an_interval_says_which_limits_there_are(values: tuple[float | None, ...], written: str) -> None:
    column = interval("", ("a", "b", "c"), 1)
    assert column.write(dict(zip("abc", values, strict=True))) == written


def test_a_share_is_not_rounded_to_none_or_all() -> None:
    assert [share(value) for value in (None, 0.0, 0.004, 0.5, 0.996, 1.0)] == [
        "\N{EN DASH}", "0%", "under 1%", "50%", "over 99%", "100%",
    ]  # fmt: skip


def test_what_has_no_geometry_is_not_on_the_map() -> None:
    marks = Marks((Class("plain", "Plain"),), 0.001)
    assert marks.add("plain", "a", "A", [], wkb=None) is None
    assert marks.add("plain", "b", "B", ["said", None], codes=["X"]) == 0
    assert marks.content()["marks"] == [
        {"class": 0, "id": "b", "name": "B", "lines": ["said"], "codes": ["X"]}
    ]
    assert marks.legend()[0]["count"] == 1


# ---- in the browser ---------------------------------------------------------------------------------------


@pytest.mark.browser
@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_axe_finds_nothing(browser: Browser, pages: Path, axe: str, width: int, scheme: Any) -> None:
    with visiting(browser, width=width, color_scheme=scheme) as visit:
        for name in NAMES:
            visit.open((pages / name).as_uri())
            visit.page.evaluate(axe)
            # Without preload: the page's own policy lets no script read a style sheet. Later rows are as the first.
            found = visit.page.evaluate(
                "axe.run({exclude: [['table.figures tbody tr:nth-child(n+8)']]}, {preload: false})"
            )["violations"]
            assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == [], name
            assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
        visit.assert_clean()


@pytest.mark.browser
def test_hostile_text_in_every_field_is_shown_and_does_nothing(
    browser: Browser, hostile_pages: Path, tmp_path: Path
) -> None:
    with visiting(browser) as visit:
        page = visit.page
        for name in NAMES:
            source = (hostile_pages / name).read_text("utf-8")
            assert "<img" not in source
            visit.open((hostile_pages / name).as_uri())
            body = page.text_content("main") or ""
            assert any(text in body for text in HOSTILE), name
            for row in range(min(3, page.locator("tr[data-mark] th button").count())):
                page.locator("tr[data-mark] th button").nth(row).click()
            for button in page.get_by_role("button", name="Download this table (CSV)").all():
                with page.expect_download() as download:
                    button.click()
                file = tmp_path / "table.csv"
                download.value.save_as(file)
                with file.open(encoding="utf-8-sig", newline="") as opened:
                    cells = [cell for row in csv.reader(opened) for cell in row]
                assert not [cell for cell in cells if re.match(r"\s*[=+@]|\s*-(?![\d.]+$)", cell)], name
        visit.assert_clean()


@pytest.mark.browser
def test_the_map_draws_every_mark_and_the_legend_counts_them(
    browser: Browser, pages: Path, con: duckdb.DuckDBPyConnection
) -> None:
    drawn = {
        "corridors.html": ("path.mark.line", DRAWN_SECTIONS),
        "hotspots.html": ("path.mark.dot", "hotspot"),
        "works.html": ("path.mark.dot", "exemplar"),
        "together.html": ("path.mark.area", "action_group"),
    }  # fmt: skip
    with visiting(browser) as visit:
        for name, (selector, of) in drawn.items():
            visit.open((pages / name).as_uri())
            ((count,),) = con.execute(f"select count(*) from marts.{of}").fetchall()
            assert visit.page.locator(f"#places_map {selector}").count() == count, name
            legend = visit.page.locator(".legend-count").all_text_contents()
            assert sum(map(int, legend)) == count, name
        visit.open((pages / "borders.html").as_uri())
        assert visit.page.locator("#places_map path.mark.line").count() > 0
        visit.assert_clean()


@pytest.mark.browser
def test_a_table_sorts_filters_and_leads_to_the_map_by_keyboard(browser: Browser, pages: Path) -> None:
    with visiting(browser) as visit:
        visit.open((pages / "priorities.html").as_uri())
        page = visit.page
        rows = page.locator("#problems tbody tr:not([hidden])")
        head = page.get_by_role("button", name="Loss a year (95% interval)")
        at = page.locator("#problems thead th").all_text_contents().index(head.text_content() or "")
        for direction in ("ascending", "descending"):
            head.click()
            expect(page.locator("#problems th[aria-sort]")).to_have_attribute("aria-sort", direction)
            values = [
                json.loads(str(row.locator("> *").nth(at).get_attribute("data-values")))[0]
                for row in rows.all()
            ]
            assert values == sorted(values, reverse=direction == "descending")
        whole = rows.count()
        name = rows.nth(3).locator("th").text_content() or ""
        page.locator("#problems-filter").fill(name)
        assert 0 < rows.count() < whole
        expect(page.locator("#problems-count")).to_contain_text(f"of {whole} rows")
        rows.first.locator("th button").focus()
        page.keyboard.press("Enter")
        expect(page.locator("#detail-body h3")).to_have_text(rows.first.locator("th").text_content() or "")
        assert page.evaluate("document.activeElement.id") == "detail-title"
        address = page.url
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator("#problems tr.chosen th button")).to_be_focused()
        visit.open("about:blank")
        visit.open(address)
        expect(page.locator("#detail-body h3")).to_have_text(name)
        visit.assert_clean()
