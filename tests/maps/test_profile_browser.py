"""Profiles, methods, index and pictures as people meet them: searched, printed, judged by axe, and with hostile text."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from geo.warehouse import connect
from maps.site import build_site
from tests.maps.conftest import visiting
from tests.maps.made_up import HOSTILE

pytestmark = pytest.mark.browser

KINDS = ("index.html", "profiles.html", "profile-d06000001.html", "methods.html")
HURT = "<img src=x onerror=alert(1)></script><script>alert(2)</script>"


@pytest.fixture(scope="module")
def pages(sample_release: Path) -> Path:
    (sample_release / "site" / "status.js").write_text("window.placelineStatus = null;\n")
    return sample_release / "site" / "runs" / sample_release.name


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_axe_finds_nothing(browser: Browser, pages: Path, axe: str, width: int, scheme: str) -> None:
    with visiting(browser, width=width, color_scheme=scheme) as visit:
        for kind in KINDS:
            visit.open((pages / kind).as_uri())
            if kind == "index.html":
                visit.page.fill("#find-place", "d")
                expect(visit.page.locator("#found a").first).to_be_visible()
            visit.page.evaluate(f"{axe};0")
            found = visit.page.evaluate("axe.run({preload: false})")
            assert len(found["passes"]) > 10
            assert not [(rule["id"], [n["target"] for n in rule["nodes"]]) for rule in found["violations"]], (
                kind
            )
        visit.assert_clean()


def test_every_profile_prints_to_two_pages(browser: Browser, pages: Path) -> None:
    names = sorted(path.name for path in pages.glob("profile-*.html"))
    assert len(names) == 8
    with visiting(browser) as visit:
        for name in names:
            visit.open((pages / name).as_uri())
            sheets = re.findall(rb"/Type\s*/Page\b", visit.page.pdf(prefer_css_page_size=True))
            assert 1 <= len(sheets) <= 2, name


def test_a_place_is_found_by_name_and_by_code_and_leads_on(browser: Browser, pages: Path) -> None:
    with visiting(browser) as visit:
        page = visit.page
        visit.open((pages / "index.html").as_uri())
        page.fill("#find-place", "silverp")
        expect(page.locator("#found a").first).to_have_attribute("href", "profile-d06000001.html")
        page.fill("#find-place", "d01000003")
        expect(page.locator("#found-count")).to_have_text("1 place.")
        page.keyboard.press("Enter")
        expect(page.locator("#found a")).to_be_focused()
        page.keyboard.press("Enter")
        page.wait_for_selector("html[data-drawn]", state="attached")
        expect(page.locator("#detail")).to_contain_text("D01000003")
        visit.open((pages / "index.html").as_uri())
        page.fill("#find-place", "nowhere at all")
        expect(page.locator("#found-count")).to_have_text("0 places.")
        expect(page.locator("#found a")).to_have_count(0)

        visit.open((pages / "profiles.html").as_uri())
        page.fill("#filter-rows", "D1000")
        expect(page.locator("#filter-count")).to_have_text("1 of 8 shown.")
        expect(page.locator("#authorities tbody tr:visible")).to_have_count(1)
        visit.assert_clean()


def test_the_map_leads_to_the_method_and_the_picture(browser: Browser, pages: Path) -> None:
    with visiting(browser) as visit:
        visit.open((pages / "map.html").as_uri() + "#outcome=ksi_per_km")
        about = visit.page.locator("#about-body a")
        assert [link.get_attribute("href") for link in about.all()] == [
            "methods.html#outcome-ksi_per_km",
            "pictures/ksi_per_km.svg",
        ]
        about.first.click()
        visit.page.wait_for_url("**/methods.html#outcome-ksi_per_km")
        visit.assert_clean()


# Every text that these pages take from a table: with the hostile text put before what is there.
FIELDS = {
    "area": ["area_name"],
    "area_level": ["label"],
    "area_neighbour": ["neighbour_name"],
    "statistical_neighbour": ["covariates"],
    "outcome_definition": ["label", "question", "unit", "method", "citation", "caveats", "theme"],
    "problem": ["name", "label", "value_unit", "acting_names", "authority_name"],
    "action_group_member": ["authority_name"],
    "border_contrast": ["sentence"],
    "trend": ["reason"],
    "spend": ["financial_year", "prices", "not_used_because"],
    "contract": ["suppliers", "contract_id"],
    "not_computable": ["reason"],
}


@pytest.fixture(scope="module")
def hostile(sample_release: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("hostile")
    path = folder / "placeline.duckdb"
    shutil.copyfile(sample_release / "placeline.duckdb", path)
    with connect(path) as con:
        for table, columns in FIELDS.items():
            for column in columns:
                con.execute(
                    f"update marts.{table} set {column} = ? || coalesce({column}, '')", [f"{column} {HURT}"]
                )
        con.execute(
            "update meta.source set title = ? || title, attribution = ?",
            [f"title {HURT}", f"attribution {HURT}"],
        )
        con.execute("update meta.build set title = ?", [f"build {HURT}"])
        con.execute("update marts.problem_party set party_code = 'D06000001', must_act = true")
        con.execute("update marts.contract set ends_within_year = true, area_code = 'D06000001'")
        con.execute("update marts.border_contrast set verdict = 'higher', band_km = 2")
        con.execute(
            """
            insert into marts.area_misfit by name
            select 'highway_authority' as area_level, 'gap' as misfit, 'D06000001' as area_code,
                'D06000002' as other_code, 'x' as area_name, ? as other_name, 5.0 as size_m2
            """,
            [f"other_name {HURT}"],
        )
        con.execute(
            """
            insert into marts.hotspot by name
            select 'ksi_against_usual' as outcome, 'grid' as layer, 'region' as view, 'h' as hotspot, 3 as site_count,
                17 as observed_count, 6.25 as expected_count, 1.5 as excess_per_year, 0.5 as excess_per_year_lower,
                2.5 as excess_per_year_upper, ? as party_codes, true as is_across_borders, true as is_only_borderless
            """,
            [f"D06000001,D06000002,{HOSTILE[3]}"],
        )
    build_site(path, folder / "site", exports=None)
    (folder / "site" / "status.js").write_text("window.placelineStatus = null;\n")
    (run,) = (folder / "site" / "runs").iterdir()
    yield run
    shutil.rmtree(folder)


def test_hostile_text_is_shown_and_does_nothing(browser: Browser, hostile: Path) -> None:
    shown = ""
    with visiting(browser) as visit:
        for kind in (*KINDS, "map.html", "profile-d06000002.html"):
            visit.open((hostile / kind).as_uri())
            if kind == "index.html":
                visit.page.fill("#find-place", "onerror")
                expect(visit.page.locator("#found a")).to_have_count(20)
            shown += visit.page.inner_text("body")
            assert visit.page.locator("img").count() == 0
        picture = next((hostile / "pictures").iterdir())
        visit.page.goto(picture.as_uri())
        shown += visit.page.locator("svg").text_content() or ""
        assert visit.page.locator("image, script").count() == 0
        visit.assert_clean()
    # Style sheets write some words with a capital.
    for said in {column for columns in FIELDS.values() for column in columns} | {
        "other_name",
        "title",
        "attribution",
        "build",
    }:
        assert f"{said} {HURT[:20]}".lower().replace("_", " ") in shown.lower().replace("_", " "), said
    assert HOSTILE[3].split(" ")[0] in shown


def test_a_hotspot_is_told_on_the_index_and_on_the_profiles_of_its_parties(
    browser: Browser, hostile: Path
) -> None:
    with visiting(browser) as visit:
        visit.open((hostile / "profile-d06000002.html").as_uri())
        spot = visit.page.locator("section[aria-labelledby=hotspots] li")
        expect(spot).to_have_count(1)
        for said in (
            "3 squares of 1 km",
            "17 counted, 6.2 usual",
            "1.5 a year too many (0.5 to 2.5)",
            "Seen only when borders are ignored.",
        ):
            expect(spot).to_contain_text(said)
        expect(spot.locator("a[href='profile-d06000001.html']")).to_have_count(1)
        visit.open((hostile / "profile-d06000003.html").as_uri())
        expect(visit.page.locator("section[aria-labelledby=hotspots]")).to_contain_text(
            "It has no part in a hotspot."
        )
        visit.open((hostile / "index.html").as_uri())
        expect(visit.page.locator("section[aria-labelledby=borderless] li")).to_contain_text(
            "17 collisions with deaths or serious injuries where 6.2 are usual"
        )
