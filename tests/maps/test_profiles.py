"""Profiles, methods, search and pictures of the built-in sample: every figure is a row of the warehouse."""

import datetime as dt
import html
import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import duckdb
import pytest
from defusedxml import ElementTree

from geo.warehouse import connect
from maps import words
from maps.findings import hotspots_looked_for
from maps.profile_rows import profile_rows
from maps.profiles import profile_names
from maps.read import Warehouse

LEVEL = "highway_authority"


@pytest.fixture(scope="module")
def pages(sample_release: Path) -> Path:
    return sample_release / "site" / "runs" / sample_release.name


@pytest.fixture(scope="module")
def con(sample_release: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(sample_release / "placeline.duckdb", read_only=True) as opened:
        yield opened


class Rows(HTMLParser):
    """Collects the cells of every table row, their text in one line, and the page's items and ids."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.items: list[tuple[str | None, str]] = []
        self.ids: set[str] = set()
        self.links: list[str] = []
        self._into: list[str] | None = None
        self._value: str | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.ids |= {given["id"] or ""} if "id" in given else set()
        self.links += [given["href"] or ""] if tag == "a" else []
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th", "li"):
            self._into, self._value = [], given.get("value")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "li") and self._into is not None:
            text = " ".join("".join(self._into).split())
            if tag == "li":
                self.items.append((self._value, text))
            else:
                self.rows[-1].append(text)
            self._into = None

    def handle_data(self, data: str) -> None:
        if self._into is not None:
            self._into.append(data)


def shown(value: float | None, decimals: int) -> str:
    return "–" if value is None else f"{value:,.{decimals}f}".replace("-", "−")  # noqa: RUF001


def rows(con: duckdb.DuckDBPyConnection, sql: str, *values: object) -> list[dict[str, Any]]:
    found = con.execute(sql, list(values))
    return [dict(zip([c[0] for c in found.description], row, strict=True)) for row in found.fetchall()]


def authorities(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    found = rows(
        con, "select * exclude (geom) from marts.area where area_level = ? order by area_code", LEVEL
    )
    assert len(found) == 8
    return found


Period = tuple[dt.date, dt.date]


def latest(found: list[dict[str, Any]]) -> Period:
    """Pooled years before single ones, the latest of them."""
    periods = {(row["period_start"], row["period_end"]) for row in found}
    return max(periods, key=lambda p: (p[1] - p[0] > dt.timedelta(400), *p))


def of_outcome(con: duckdb.DuckDBPyConnection, outcome: str) -> list[dict[str, Any]]:
    return rows(con, "from marts.outcome where area_level = ? and outcome = ?", LEVEL, outcome)


def page_of(pages: Path, code: str) -> Rows:
    return Rows((pages / f"profile-{code.lower()}.html").read_text("utf-8"))


def test_every_outcome_on_a_profile_is_a_row_of_the_warehouse(
    pages: Path, con: duckdb.DuckDBPyConnection
) -> None:
    seen = 0
    for area in authorities(con):
        by_label = {row[0]: row[1:] for row in page_of(pages, area["area_code"]).rows if len(row) == 7}
        for outcome in rows(con, "select * from marts.outcome_definition"):
            mine = of_outcome(con, outcome["outcome"])
            cells = [
                cells
                for name, cells in by_label.items()
                if name.startswith(f"{outcome['label']} {outcome['unit']}")
            ]
            assert len(cells) == bool(mine), outcome["outcome"]
            if not mine:
                continue
            period = latest(mine)
            found = [
                row
                for row in mine
                if (row["area_code"], row["period_start"], row["period_end"]) == (area["area_code"], *period)
            ]
            expected = _expected(con, outcome, found[0] if found else None, area["area_code"], period)
            assert cells[0][:1] + cells[0][2:5] == expected, (area["area_name"], outcome["outcome"])
            assert cells[0][5] == _trend(con, outcome, area["area_code"])
            seen += 1
    assert seen > 150


def _expected(
    con: duckdb.DuckDBPyConnection,
    outcome: dict[str, Any],
    row: dict[str, Any] | None,
    code: str,
    period: Period,
) -> list[str]:
    decimals = outcome["decimals"]
    held = words.COMPARATORS[outcome["comparator"]]
    if row is None:
        return ["– no interval", f"– {held}", "No data", f"n not known {words.period(*period)}"]  # noqa: RUF001
    compared = rows(
        con,
        "from marts.comparison where (outcome, area_level, area_code, period_start, period_end, comparator) = "
        "(?, ?, ?, ?, ?, ?)",
        outcome["outcome"], LEVEL, code, *period, outcome["comparator"],
    )  # fmt: skip
    hidden = row["is_suppressed"]
    value = None if hidden else row["value"]
    interval = "no interval"
    if not hidden and row["lower"] is not None and row["upper"] is not None:
        interval = f"{shown(row['lower'], decimals)} to {shown(row['upper'], decimals)}"
    against = compared[0]["comparator_value"] if compared else None
    verdict = compared[0]["verdict"].capitalize() if compared else "Not compared"
    verdict = "Suppressed" if hidden else "No data" if value is None else verdict
    n = "n not known" if row["observations"] is None else f"n = {row['observations']:,}"
    return [
        f"{shown(value, decimals)} {interval}",
        f"{shown(against, decimals)} {held}",
        verdict,
        f"{n} {words.period(*period)}",
    ]


def _trend(con: duckdb.DuckDBPyConnection, outcome: dict[str, Any], code: str) -> str:
    found = rows(
        con,
        "select * from marts.trend where (outcome, area_level, area_code) = (?, ?, ?) order by last_on desc limit 1",
        outcome["outcome"], LEVEL, code,
    )  # fmt: skip
    if not found:
        return ""
    row = found[0]
    change = row["reason"]
    if row["change_per_year"] is not None:
        share = row["change_unit"] == "share of the value a year"
        places = 1 if share else outcome["decimals"] + 1
        numbers = []
        for key in ("change_per_year", "lower", "upper"):
            number = row[key] * (100 if share else 1)
            rounded = f"{number:,.{places}f}"
            numbers.append(("+" if float(rounded.replace(",", "")) > 0 else "") + rounded.replace("-", "−"))  # noqa: RUF001
        change = f"{numbers[0]}{' %' if share else ''} a year ({numbers[1]} to {numbers[2]})"
    return f"{row['verdict']}: {change}, {words.period(row['first_on'], row['last_on'])}"


def _pounds(value: float) -> str:
    rounded = f"{float(f'{value:.3g}'):,.0f}"
    return f"−£{rounded[1:]}" if rounded.startswith("-") else f"£{rounded}"  # noqa: RUF001


def test_the_problems_of_a_profile_are_those_it_must_act_on(
    pages: Path, con: duckdb.DuckDBPyConnection
) -> None:
    told = 0
    for area in authorities(con):
        expected = rows(
            con,
            "from marts.problem semi join (from marts.problem_party where must_act and party_code = ?) using (problem) "
            "where rank_overall is not null order by rank_overall",
            area["area_code"],
        )  # fmt: skip
        items = [
            (value, text) for value, text in page_of(pages, area["area_code"]).items if value is not None
        ]
        assert [int(value) for value, _ in items] == [row["rank_overall"] for row in expected[:8]]
        for (_, text), row in zip(items, expected, strict=False):
            told += 1
            assert text.startswith(row["name"])
            assert f"Must act: {row['acting_names']}." in text
            assert ("It may be chance." in text) == (not row["is_sure"])
            if row["loss_unit"] == "pounds":
                pounds = [_pounds(row[key]) for key in ("loss", "loss_lower", "loss_upper")]
                assert (
                    f"{shown(row['estimate'], 1)} {row['value_unit']}, {shown(abs(row['excess']), 1)} more than usual;"
                    in text
                )
                assert f"{pounds[0]} a year to gain ({pounds[1]} to {pounds[2]})" in text
    assert told


def test_the_rest_of_a_profile_is_of_the_warehouse_too(pages: Path, con: duckdb.DuckDBPyConnection) -> None:
    for area in authorities(con):
        code = area["area_code"]
        text = " ".join(
            html.unescape(
                re.sub(r"<[^>]+>", "", (pages / f"profile-{code.lower()}.html").read_text("utf-8"))
            ).split()
        )
        for row in rows(con, "from marts.area_neighbour where area_level = ? and area_code = ?", LEVEL, code):
            crossings = f"{row['crossing_count']:,} road crossing{'' if row['crossing_count'] == 1 else 's'}"
            assert f"{row['neighbour_name']} ({row['border_km']:,.0f} km, {crossings})" in text
        for row in rows(
            con, "from marts.spend where area_code = ? order by financial_year desc limit 2", code
        ):
            assert f"{row['financial_year']}: {words.pounds(row['revenue_gbp'])} current" in text
        contracts = rows(con, "from marts.contract where area_code = ?", code)
        assert f"{len(contracts)} contract" in text
        assert f"{sum(bool(row['ends_within_year']) for row in contracts)} of them end" in text
        for row in rows(
            con,
            "select incident_kind, sum(incident_count) as n from marts.authority_disagreement "
            "where located_code = ? and recorded_code <> ? group by all",
            code, code,
        ):  # fmt: skip
            assert re.search(
                rf"Happened here, but recorded elsewhere: [^.]*\b{row['n']:,.0f} {row['incident_kind']}", text
            )
        band = rows(
            con, "from marts.border_contrast where band_km = 2 and verdict is not null and ? in (area_code, neighbour_code)", code
        )  # fmt: skip
        told = [row for row in band if row["verdict"] in ("higher", "lower")]
        assert (
            f"Of {len(band)} comparisons of the two sides within 2 km of a border, {len(told)} tell" in text
        )
        assert sum(row["sentence"] in text for row in told) == min(4, len(told))


def test_methods_hold_the_whole_register_and_every_anchor(
    pages: Path, con: duckdb.DuckDBPyConnection
) -> None:
    source = (pages / "methods.html").read_text("utf-8")
    text, ids = html.unescape(source), Rows(source).ids
    for row in rows(con, "from marts.outcome_definition"):
        assert f"outcome-{row['outcome']}" in ids
        for said in ("label", "question", "method", "caveats", "citation", "unit"):
            assert row[said] in text, (row["outcome"], said)
    for page in pages.glob("*.html"):
        for link in Rows(page.read_text("utf-8")).links:
            if link.startswith("methods.html#"):
                assert link.removeprefix("methods.html#") in ids, (page.name, link)
            elif not link.startswith(("http", "#", "map.html#", "sources.html#")):
                assert (pages / link.split("#")[0]).is_file(), (page.name, link)


def test_the_search_knows_every_area_once(pages: Path, con: duckdb.DuckDBPyConnection) -> None:
    (file,) = (pages / "assets").glob("place-names.*.js")
    content = json.loads(
        file.read_text("utf-8").removeprefix('placeline.deliver("places",').removesuffix(");\n")
    )
    found = [
        (level["area_level"], *place)
        for level in content
        for place in zip(level["code"], level["name"], strict=True)
    ]
    areas = rows(con, "select area_level, area_code, area_name from marts.area")
    assert sorted(found) == sorted(tuple(row.values()) for row in areas)
    linked = {page for level in content for page in level["page"] if page}
    assert linked == {path.name for path in pages.glob("profile-*.html")}
    assert len(linked) == 8


def test_each_outcome_has_a_picture_that_says_all_it_must(
    pages: Path, con: duckdb.DuckDBPyConnection
) -> None:
    measured = [
        row for row in rows(con, "from marts.outcome_definition") if of_outcome(con, str(row["outcome"]))
    ]
    assert {path.stem for path in (pages / "pictures").iterdir()} == {row["outcome"] for row in measured}
    catalogue = json.loads(
        re.findall(r'id="catalogue">(.*?)</script>', (pages / "map.html").read_text("utf-8"))[0]
    )
    offered = {one["outcome"]: one["picture"] for one in catalogue["outcomes"] if one["picture"]}
    assert offered == {row["outcome"]: f"pictures/{row['outcome']}.svg" for row in measured}
    for row in measured:
        root = ElementTree.fromstring((pages / "pictures" / f"{row['outcome']}.svg").read_text("utf-8"))
        tags = Counter(str(node.tag).split("}")[1] for node in root.iter())
        assert not {"script", "image", "a", "use", "foreignObject", "style"} & tags.keys()
        assert not [
            name for node in root.iter() for name in node.attrib if "href" in name or name.startswith("on")
        ]
        text = " ".join(t.strip() for t in root.itertext() if t.strip())
        assert " ".join(row["label"].split()) in text
        assert pages.name in text
        assert "CC0 1.0" in text
        assert words.period(*latest(of_outcome(con, row["outcome"]))) in text
        assert "Of 8 areas," in text
        areas = [node for node in root.iter() if node.tag.endswith("path") and node.get("fill-rule")]
        assert len(areas) == 8


def test_the_index_tells_the_first_problems(pages: Path, con: duckdb.DuckDBPyConnection) -> None:
    items = [
        (value, text)
        for value, text in Rows((pages / "index.html").read_text("utf-8")).items
        if value is not None
    ]
    expected = rows(con, "from marts.problem where rank_overall <= 5 order by rank_overall")
    assert [int(value or 0) for value, _ in items] == [row["rank_overall"] for row in expected]
    assert all(text.startswith(row["name"]) for (_, text), row in zip(items, expected, strict=True))


def test_what_is_suppressed_stays_so_and_only_who_must_act_is_told(
    sample_release: Path, tmp_path: Path
) -> None:
    path = tmp_path / "placeline.duckdb"
    shutil.copyfile(sample_release / "placeline.duckdb", path)
    with connect(path) as con:
        (problem,) = con.execute("select problem from marts.problem where rank_overall = 1").fetchone() or (
            "",
        )
        con.execute("update marts.problem_party set must_act = (problem <> ?)", [problem])
        con.execute(
            "update marts.outcome set is_suppressed = true where outcome = 'ksi_per_km' and value is not null"
        )
        told = profile_rows(Warehouse(con), LEVEL)
        hidden = [row for (_, outcome), row in told.figures.items() if outcome == "ksi_per_km"]
        assert len(hidden) == 8
        for row in hidden:
            assert row["class"] == "suppressed"
            assert [row[key] for key in ("value", "lower", "upper", "usual_low", "usual_high")] == [None] * 5
        assert all(
            row["value"] is None
            for key, rows in told.points.items()
            if key[1] == "ksi_per_km"
            for row in rows
        )
        named = {row["problem"] for found in told.problems.values() for row in found}
        assert len(named) > 10
        assert problem not in named


def test_codes_that_look_alike_in_addresses_get_pages_of_their_own() -> None:
    con = duckdb.connect()
    con.execute("""
        create schema marts;
        create table marts.area_level as select 'a' as area_level, 'As' as label, 1 as position, true as is_authority;
        create table marts.area as select 'a' as area_level, unnest(['X/1', 'x-1', '../x 1', '']) as area_code, null as geom;
    """)
    names = profile_names(Warehouse(con))
    assert len(names) == len(set(names.values())) == 4
    assert all(re.fullmatch(r"profile-[a-z0-9-]+\.html", name) for name in names.values())


@pytest.mark.parametrize(
    ("rows", "looked_for"),
    [
        ("('region', 'no source of roads')", False),
        ("('region', 'no source of roads'), ('region', NULL)", True),
        ("('region', 'no source of roads'), ('E1', NULL)", False),
    ],
)
def test_no_hotspot_is_not_told_where_none_could_be_looked_for(rows: str, *, looked_for: bool) -> None:
    con = duckdb.connect()
    assert hotspots_looked_for(Warehouse(con)) is False, "a release older than the table"
    con.execute("CREATE SCHEMA marts; CREATE TABLE marts.hotspot_count (view VARCHAR, reason VARCHAR)")
    con.execute(f"INSERT INTO marts.hotspot_count VALUES {rows}")
    assert hotspots_looked_for(Warehouse(con)) is looked_for
