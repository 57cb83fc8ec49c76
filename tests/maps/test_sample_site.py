"""The site of the built-in sample, as `make run` publishes it, opened with the network blocked."""

from pathlib import Path

import duckdb
import pytest
from playwright.sync_api import Browser, expect

from maps.across import PAGES as ACROSS
from tests.maps.conftest import visiting

pytestmark = pytest.mark.browser


@pytest.fixture(scope="session")
def pages(sample_release: Path) -> Path:
    return sample_release / "site" / "runs" / sample_release.name


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize(
    "page",
    [
        "index.html",
        "map.html",
        "profiles.html",
        "profile-d06000001.html",
        "methods.html",
        "sources.html",
        "downloads.html",
        *(name for name, *_ in ACROSS),
    ],
)
def test_every_page_opens_offline_and_fits(
    browser: Browser, sample_release: Path, pages: Path, page: str, width: int
) -> None:
    (sample_release / "site" / "status.js").write_text("window.placelineStatus = null;\n")
    with visiting(browser, width=width) as visit:
        visit.open((pages / page).as_uri())
        visit.assert_clean()
        assert visit.page.evaluate("document.documentElement.lang") == "en-GB"
        assert visit.page.title()
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
        viewport = visit.page.locator("meta[name=viewport]").get_attribute("content")
        assert "user-scalable" not in str(viewport)
        assert "maximum-scale" not in str(viewport)


def test_the_entrance_leads_to_the_pages_of_this_build(browser: Browser, sample_release: Path) -> None:
    with visiting(browser) as visit:
        visit.open((sample_release / "site" / "index.html").as_uri())
        visit.page.wait_for_url(f"**/runs/{sample_release.name}/index.html")
        expect(visit.page.locator("h1")).to_have_text("Doggerland (generated sample)")


def test_the_map_says_what_the_warehouse_says(browser: Browser, sample_release: Path, pages: Path) -> None:
    with duckdb.connect(str(sample_release / "placeline.duckdb"), read_only=True) as con:
        rows = con.sql(
            """
            select area.area_name, verdict, printf('%.2f', outcome.value), outcome.observations
            from marts.outcome as outcome
            join marts.comparison using (outcome, area_level, area_code, period_start, period_end)
            join marts.area as area using (area_level, area_code)
            where outcome.outcome = 'collisions_per_km' and outcome.area_level = 'highway_authority'
                and comparator = 'all_areas' and period_start = date '2023-01-01' and period_end = date '2023-12-31'
            """
        ).fetchall()
    assert len(rows) == 8
    with visiting(browser) as visit:
        visit.open((pages / "map.html").as_uri())
        page = visit.page
        page.select_option("#choose-outcome", label="Collisions per km of road")
        page.select_option("#choose-level", label="Highway authority")
        page.select_option("#choose-period", label="2023")
        expect(page.locator("main[aria-busy]")).to_have_count(0)
        expect(page.locator("h1")).to_have_text("Collisions per km of road, 2023")
        for name, verdict, value, observations in rows:
            row = page.locator("#table tr", has_text=name)
            expect(row).to_contain_text(verdict.capitalize())
            expect(row).to_contain_text(value)
            expect(row).to_contain_text(f"{observations:,}")
        assert page.locator("path.area").count() == 8
        visit.assert_clean()
