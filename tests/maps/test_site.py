"""The site as files: the same bytes each time, nothing asked of another host, nothing from the data runs."""

import html
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest

from geo.errors import PlacelineError, WarehouseError
from geo.warehouse import connect
from maps.assets import BUNDLES, PACKAGE, Assets, SiteError, source_text
from maps.site import build_site
from tests.maps.made_up import BUILD_ID, HOSTILE, Fixture, make_site

PAGES = (
    "index.html", "map.html", "priorities.html", "profiles.html", "profile-a0.html", "methods.html", "sources.html",
    "downloads.html",
)  # fmt: skip


# A namespace, and lines in licence comments: they name, they request nothing.
NAMES = {
    b"http://www.w3.org/2000/svg",
    b"https://leafletjs.com",
    b"https://github.com/topojson/topojson-client",
}


class Links(HTMLParser):
    """Collects what a page loads, what it links to, and attributes that would run something."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.linked: list[str] = []
        self.inline: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.inline += [name for name in values if name.startswith("on") or name == "style"]
        if tag == "style" or (
            tag == "script" and "src" not in values and values.get("type") != "application/json"
        ):
            self.inline.append(tag)
        if "src" in values or (tag == "link" and "href" in values):
            self.loaded.append(values.get("src") or values["href"])
        elif tag == "a":
            self.linked.append(values["href"])


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_two_builds_are_the_same_bytes(site: Path, tmp_path: Path) -> None:
    assert files(make_site(tmp_path)) == files(site)


def test_every_written_file_is_returned(tmp_path: Path, warehouse: Path) -> None:
    written = build_site(warehouse, tmp_path / "site", exports=None)
    assert sorted(written) == sorted(path for path in (tmp_path / "site").rglob("*") if path.is_file())
    assert written[0] == tmp_path / "site" / "index.html"


@pytest.mark.parametrize("page", PAGES)
def test_a_page_loads_only_files_of_its_own_build(run: Path, page: str) -> None:
    links = Links((run / page).read_text("utf-8"))
    assert not links.inline
    for address in links.loaded:
        assert address in ("data:,", "../../status.js") or (run / address).is_file(), address
    for address in links.linked:
        path = address.split("#")[0]
        assert not path or path.startswith("https://example.org/") or (run / path).is_file(), address


def test_no_script_or_style_names_another_host(run: Path) -> None:
    for path in (run / "assets").iterdir():
        text = path.read_bytes()
        if path.suffix == ".css":
            text = re.sub(rb"/\*.*?\*/", b"", text, flags=re.DOTALL)
            assert not re.findall(rb"url\((?!#)|@import", text), path
        assert set(re.findall(rb"https?://[^\s'\"<>)]+", text)) <= NAMES or path.suffix == ".txt", path


@pytest.mark.parametrize("page", PAGES)
def test_every_page_says_what_it_must(run: Path, page: str) -> None:
    text = (run / page).read_text("utf-8")
    assert '<html lang="en-GB">' in text
    assert "user-scalable" not in text
    assert "maximum-scale" not in text
    assert "default-src &#39;none&#39;; script-src &#39;self&#39;" in text
    assert "unsafe" not in text
    for said in (
        "2021 to 2025",
        BUILD_ID,
        "Contains public sector information",
        "OGL-UK-3.0",
        "1 April 2026",
    ):
        assert said in text, said
    assert len(re.findall("<h1", text)) == 1
    assert "not for publication" not in text


@pytest.mark.parametrize("page", PAGES)
def test_hostile_text_is_shown_and_never_markup(run: Path, page: str) -> None:
    text = (run / page).read_text("utf-8")
    assert "<img" not in text
    assert "javascript:" not in html.unescape("".join(Links(text).linked))
    if page in ("index.html", "profiles.html", "sources.html"):
        assert html.escape(HOSTILE[0]) in text


def test_a_private_release_says_so_on_every_page(tmp_path: Path) -> None:
    run = make_site(tmp_path, Fixture(is_private=True)) / "runs" / BUILD_ID
    for page in (*PAGES, "../../index.html"):
        text = (run / page).read_text("utf-8")
        assert "Private release: not for publication" in text
        assert "&#39;survey&#39; has no stated licence." in text


@pytest.mark.parametrize(
    "how", [Fixture(with_outcomes=False), Fixture(with_areas=False), Fixture(with_roads=False)], ids=repr
)
def test_pages_make_sense_without_data(tmp_path: Path, how: Fixture) -> None:
    run = make_site(tmp_path, how) / "runs" / BUILD_ID
    text = (run / "map.html").read_text("utf-8")
    assert ("no areas" in text) == (not how.with_areas)
    assert ("no outcomes yet" in text) == (how.with_areas and not how.with_outcomes)
    assert "None" not in (run / "index.html").read_text("utf-8")


def test_headlines_are_counts_of_the_warehouse(run: Path, warehouse: Path) -> None:
    con = connect(warehouse, read_only=True)
    rows = con.execute("""
        SELECT verdict, count(*) FROM marts.comparison
        WHERE outcome = 'collision_rate' AND area_level = 'authority' AND comparator = 'all_areas'
          AND period_start = '2021-01-01' AND period_end = '2025-12-31'
        GROUP BY verdict
    """).fetchall()
    con.close()
    counts: dict[str, int] = dict(rows)
    assert counts == {"better": 1, "similar": 1, "worse": 1, "too few data": 1}, "the last one is suppressed"
    expected = (
        "Of 4 areas, 1 is better than all areas together, 1 is similar, 1 is worse and 1 is suppressed."
    )
    assert expected in (run / "index.html").read_text("utf-8")


def test_where_recorded_and_located_agree_is_counted_and_not_listed(run: Path) -> None:
    text = (run / "sources.html").read_text("utf-8")
    assert "For 1,174 incidents the two are the same." in text
    assert "<td>agree</td>" not in text
    assert "<td>near the border</td>" in text
    assert "<td>Highway authorities</td>" in text, "levels go by their labels"


def test_exports_are_offered_under_their_names(run: Path) -> None:
    assert (run / "data" / "outcome.csv").read_text("utf-8").startswith("outcome,value")
    assert '<a href="data/outcome.csv" download>outcome.csv</a>' in (run / "downloads.html").read_text(
        "utf-8"
    )


def test_the_entrance_only_leads_to_this_build(site: Path) -> None:
    text = (site / "index.html").read_text("utf-8")
    assert f'content="0; url=runs/{BUILD_ID}/index.html"' in text
    assert f'<a href="runs/{BUILD_ID}/index.html">' in text
    assert not Links(text).inline


@pytest.mark.parametrize("build_id", ["", "../escape", "a/b", ".hidden"])
def test_a_build_id_that_is_no_folder_name_is_refused(tmp_path: Path, warehouse: Path, build_id: str) -> None:
    path = tmp_path / "placeline.duckdb"
    shutil.copyfile(warehouse, path)
    con = connect(path)
    con.execute("UPDATE meta.build SET build_id = ?", [build_id])
    con.close()
    with pytest.raises(SiteError, match="cannot be the name of a folder"):
        build_site(path, tmp_path / "site", exports=None)
    assert not (tmp_path / "site").exists()


def test_a_missing_warehouse_is_told(tmp_path: Path) -> None:
    with pytest.raises(WarehouseError):
        build_site(tmp_path / "none.duckdb", tmp_path / "site", exports=None)


def test_an_asset_of_another_host_fails_the_build(tmp_path: Path) -> None:
    with pytest.raises(PlacelineError, match="missing"):
        Assets(tmp_path).address("https://example.org/leaflet.js")


def test_every_script_of_ours_is_published_and_strict() -> None:
    ours = {path.name for path in (PACKAGE / "static").iterdir() if path.name.endswith(".js")}
    assert ours == {*(part for bundle in BUNDLES.values() for part in bundle), "freshness.js"}
    for name in ours:
        text = source_text(name) if name in BUNDLES else (PACKAGE / "static" / name).read_text("utf-8")
        assert text.startswith("'use strict';")
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", text
        )
