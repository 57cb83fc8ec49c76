"""The pages as people meet them: from a folder and from a server, by mouse, by keyboard, on a phone."""

import csv
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.maps.conftest import Visit, visiting
from tests.maps.made_up import BUILD_ID, HOSTILE, Fixture, make_site
from tests.maps.test_payload import every_row

pytestmark = pytest.mark.browser

PAGES = (
    "index.html", "map.html", "priorities.html", "profiles.html", "profile-a0.html", "methods.html", "sources.html",
    "downloads.html",
)  # fmt: skip
PLAIN = "Norby"


@pytest.fixture(params=["folder", "server"])
def base(request: pytest.FixtureRequest, run: Path, served: str) -> str:
    return run.as_uri() if request.param == "folder" else f"{served}/runs/{BUILD_ID}"


def choose(page: Page, control: str, label: str | re.Pattern[str]) -> None:
    """Choose by what the option says, and wait until the page shows it."""
    if isinstance(label, re.Pattern):
        label = next(
            text for text in page.locator(f"#{control} option").all_text_contents() if label.search(text)
        )
    page.select_option(f"#{control}", label=label)
    expect(page.locator("main[aria-busy]")).to_have_count(0)
    expect(page.locator(f"#{control} option:checked")).to_have_text(label)


def table(page: Page) -> list[dict[str, str]]:
    """The rows of the table, by the titles of its columns."""
    texts = page.eval_on_selector_all(
        "#table tr",
        "rows => rows.map(row => [...row.cells].map(cell => cell.textContent.replace(/ [▲▼↕]$/, '')))",
    )
    return [dict(zip(texts[0], row, strict=True)) for row in texts[1:]]


def shown(number: Any, decimals: int) -> str:
    return "–" if number is None else f"{number:,.{decimals}f}".replace("-", "−")  # noqa: RUF001


def assert_table_is_payload(
    page: Page, run: Path, key: tuple[str, str], period: tuple[str, str], decimals: int
) -> None:
    labels = {
        "better": "Better",
        "similar": "Similar",
        "worse": "Worse",
        "suppressed": "Suppressed",
        "missing": "No data",
    }
    rows = every_row(run)
    codes = {code for outcome, level, code, *_ in rows if (outcome, level) == key}
    expected = []
    for code in codes:
        values = rows[*key, code, *period]
        name = values["all_areas"]["class"] or "missing"
        expected.append(
            (
                labels.get(name, name.capitalize()),
                shown(values["value"], decimals),
                shown(values["observations"], 0),
            )
        )
    given = [(row["Verdict"], row["Value"], row["Observations"]) for row in table(page)]
    assert sorted(given) == sorted(expected)


def test_the_map_opens_switches_and_says_what_the_warehouse_says(
    browser: Browser, base: str, run: Path
) -> None:
    pooled, year = ("2021-01-01", "2025-12-31"), ("2023-01-01", "2023-12-31")
    with visiting(browser) as visit:
        visit.open(f"{base}/map.html")
        page = visit.page
        expect(page.locator("#view-title")).to_have_text("Injury collisions, 2021 to 2025")
        assert page.locator("path.area").count() == 4
        assert_table_is_payload(page, run, ("collision_rate", "authority"), pooled, 1)

        choose(page, "choose-outcome", "Satisfied with road condition")
        choose(page, "choose-period", "2023")
        assert_table_is_payload(page, run, ("satisfaction", "authority"), year, 0)

        choose(page, "choose-level", "Wards")
        expect(page.locator("path.area")).to_have_count(12)
        assert_table_is_payload(page, run, ("satisfaction", "ward"), year, 0)
        expect(page.locator("#summary")).to_contain_text("Wards, 2023: of 12 areas,")

        choose(page, "choose-comparator", "the wider area")
        expect(page.locator("#legend h2")).to_have_text("Compared with the wider area")
        visit.assert_clean()


def test_the_legend_counts_what_the_map_draws(browser: Browser, run: Path) -> None:
    with visiting(browser) as visit:
        visit.open(f"{run.as_uri()}/map.html#outcome=collision_rate&level=ward&period=2022-01-01_2022-12-31")
        page = visit.page
        drawn = page.eval_on_selector_all(
            "path.area",
            "all => all.map(one => one.classList[2].slice(6).replaceAll('-', ' '))",
        )
        counts = dict(
            page.eval_on_selector_all(
                "#legend li",
                "all => all.map(li => [li.querySelector('.swatch rect').classList[0].slice(6).replaceAll('-', ' '),"
                " Number(li.querySelector('.legend-count').textContent)])",
            )
        )
        assert {name: drawn.count(name) for name in counts} == counts
        assert sum(counts.values()) == 12
        assert {"suppressed", "missing", "too few data"} & set(counts)
        visit.assert_clean()


def test_an_area_clicked_shows_everything_about_it(browser: Browser, run: Path) -> None:
    with visiting(browser) as visit:
        visit.open(f"{run.as_uri()}/map.html")
        page = visit.page
        page.locator("path.area").first.click()
        detail = page.locator("#detail")
        expect(detail.locator("h3")).to_have_text(PLAIN)
        for said in (
            "95% interval",
            "Observations",
            "vehicle km",
            "Value for all areas together",
            "Before adjustment",
        ):
            expect(detail).to_contain_text(said)
        expect(detail.locator("pre")).to_contain_text(
            "select * from marts.outcome\nwhere outcome = 'collision_rate'"
        )
        expect(detail.locator("svg.trend")).to_have_count(1)
        assert "area=A0" in page.url
        visit.assert_clean()


def test_the_query_shown_gives_the_row(browser: Browser, run: Path, warehouse: Path) -> None:
    from geo.warehouse import connect

    with visiting(browser) as visit:
        visit.open(f"{run.as_uri()}/map.html#level=ward&area=W011&period=2023-01-01_2023-12-31")
        query = visit.page.locator("#detail pre").text_content() or ""
        con = connect(warehouse, read_only=True)
        rows = con.execute(query).fetchall()
        con.close()
        assert [row[:3] for row in rows] == [("collision_rate", "ward", "W011")]


def test_a_trend_is_not_drawn_across_a_gap_or_a_change_of_method_or_series(
    browser: Browser, run: Path
) -> None:
    with visiting(browser) as visit:
        page = visit.page
        for area, lines in (
            ("fixed_28&level=authority&area=A1", 2),
            ("satisfaction&level=authority&area=A0", 2),
            ("delay&level=authority&area=A0", 2),
        ):
            visit.open("about:blank")
            visit.open(f"{run.as_uri()}/map.html#outcome={area}")
            assert page.locator(".trend-line").count() == lines, area
        expect(page.locator(".trend")).to_have_attribute("aria-label", re.compile("2021: .*2025: "))


def test_hostile_names_are_shown_and_do_nothing(browser: Browser, base: str) -> None:
    with visiting(browser) as visit:
        page = visit.page
        for address in PAGES:
            visit.open(f"{base}/{address}")
            assert HOSTILE[0] in (page.text_content("body") or ""), address
        visit.open(f"{base}/map.html#level=ward")
        names = {row["Area"] for row in table(page)}
        assert set(HOSTILE[2:]) <= names
        for row in range(12):
            page.locator("#table tbody button").nth(row).click()
            page.locator("path.area").nth(row).hover(force=True)
        page.fill("#filter", HOSTILE[0])
        visit.assert_clean()


def test_the_download_is_the_view_and_safe_in_a_spreadsheet(
    browser: Browser, run: Path, tmp_path: Path
) -> None:
    with visiting(browser) as visit:
        visit.open(f"{run.as_uri()}/map.html#level=ward&period=2023-01-01_2023-12-31")
        with visit.page.expect_download() as download:
            visit.page.click("#download")
        file = tmp_path / "view.csv"
        download.value.save_as(file)
        assert download.value.suggested_filename == "collision_rate-ward-2023.csv"
        with file.open(encoding="utf-8-sig", newline="") as opened:
            rows = list(csv.DictReader(opened))
        given = every_row(run)
        assert len(rows) == 12
        for row in rows:
            values = given["collision_rate", "ward", row["area_code"], row["period_start"], row["period_end"]]
            assert row["value"] == ("" if values["value"] is None else str(values["value"]))
            assert row["is_suppressed"] == str(bool(values["is_suppressed"])).lower()
            assert row["build_id"] == BUILD_ID
            assert not any(re.match(r"\s*[=+\-@]", text) for text in row.values())
        assert f"'{HOSTILE[2]}" in {row["area_name"] for row in rows}
        visit.assert_clean()


def test_it_can_all_be_done_by_keyboard(browser: Browser, run: Path) -> None:
    def tab_to(page: Page, selector: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
        pytest.fail(f"the keyboard does not reach {selector}")

    with visiting(browser) as visit:
        visit.open(f"{run.as_uri()}/map.html")
        page = visit.page
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        tab_to(page, "#choose-outcome")
        page.keyboard.press("ArrowDown")
        expect(page.locator("#view-title")).to_have_text("People killed or seriously hurt, 2021 to 2025")
        tab_to(page, "#filter")
        page.keyboard.type("norb")
        tab_to(page, "#table tbody button")
        page.keyboard.press("Enter")
        expect(page.locator("#detail h3")).to_have_text(PLAIN)
        assert page.evaluate("document.activeElement.id") == "detail-title"
        tab_to(page, "#detail .back")
        page.keyboard.press("Enter")
        expect(page.locator("#table tr.chosen button")).to_be_focused()
        for _ in range(40):
            page.keyboard.press("Shift+Tab")
            if page.evaluate("document.activeElement.id") == "download":
                break
        with page.expect_download():
            page.keyboard.press("Enter")
        visit.assert_clean()


def test_a_shared_address_opens_the_same_view(browser: Browser, run: Path) -> None:
    with visiting(browser) as visit:
        visit.open(f"{run.as_uri()}/map.html")
        page = visit.page
        choose(page, "choose-level", "Wards")
        choose(page, "choose-comparator", "the wider area")
        page.locator("#table tbody button").nth(3).click()
        address, name, summary = page.url, page.text_content("#detail h3"), page.text_content("#summary")
        visit.open("about:blank")
        visit.open(address)
        assert (page.text_content("#detail h3"), page.text_content("#summary")) == (name, summary)


@pytest.mark.parametrize(
    "hash_", ["#outcome=gone&level=gone&period=x_y&area=gone&map=9/x", "#%", "#level=ward&outcome=delay"]
)
def test_a_stale_address_opens_something_sensible(browser: Browser, run: Path, hash_: str) -> None:
    with visiting(browser) as visit:
        visit.open(f"{run.as_uri()}/map.html{hash_}")
        expect(visit.page.locator("#summary")).to_contain_text("areas,")
        visit.assert_clean()


def test_the_table_sorts_and_keeps_what_has_no_value_last(browser: Browser, run: Path) -> None:
    with visiting(browser) as visit:
        visit.open(f"{run.as_uri()}/map.html#level=ward&period=2023-01-01_2023-12-31")
        page = visit.page
        for direction in ("ascending", "descending"):
            page.get_by_role("button", name="Value", exact=False).first.click()
            expect(page.locator("th[aria-sort]")).to_have_attribute("aria-sort", direction)
            values = [row["Value"] for row in table(page)]
            known = [float(value) for value in values if value != "–"]  # noqa: RUF001
            assert values[len(known) :] == ["–"] * (len(values) - len(known))  # noqa: RUF001
            assert known == sorted(known, reverse=direction == "descending")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844), (320, 640)])
def test_no_page_is_wider_than_the_screen(
    browser: Browser, run: Path, page: str, width: int, height: int
) -> None:
    with visiting(browser, width=width, height=height) as visit:
        visit.open(f"{run.as_uri()}/{page}")
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
        visit.assert_clean()


def test_the_age_of_the_data_comes_from_last_night(browser: Browser, run: Path) -> None:
    with visiting(browser) as visit:
        visit.open(f"{run.as_uri()}/sources.html")
        expect(visit.page.locator("#freshness")).to_contain_text(
            "Road collisions, fetched 14 days before the last run"
        )
        expect(visit.page.locator("#freshness")).to_contain_text(
            "The last run on 3 April 2026 found nothing new."
        )
        expect(visit.page.locator("[data-age-of=collisions]")).to_have_text(
            "fetched 14 days before the last run"
        )
        expect(visit.page.locator("[data-age-of=survey]")).to_have_text("covering data up to 31 March 2026")


def test_pages_work_without_a_status(browser: Browser, tmp_path: Path) -> None:
    site = make_site(tmp_path)
    (site / "status.js").unlink()
    with visiting(browser) as visit:
        visit.open(f"{(site / 'runs' / BUILD_ID).as_uri()}/map.html")
        expect(visit.page.locator("#freshness")).to_contain_text("As of the build.")
        expect(visit.page.locator("path.area")).to_have_count(4)
        assert all("ERR_FILE_NOT_FOUND" in error for error in visit.errors)


@pytest.mark.parametrize("how", [Fixture(with_outcomes=False), Fixture(with_roads=False)], ids=repr)
def test_a_map_without_outcomes_or_roads_still_draws(browser: Browser, tmp_path: Path, how: Fixture) -> None:
    run = make_site(tmp_path, how) / "runs" / BUILD_ID
    with visiting(browser) as visit:
        visit.open(f"{run.as_uri()}/map.html")
        expect(visit.page.locator("path.area")).to_have_count(4)
        visit.assert_clean()


def test_the_entrance_leads_to_the_build(browser: Browser, site: Path) -> None:
    with visiting(browser) as visit:
        visit.page.goto((site / "index.html").as_uri())
        visit.page.wait_for_url(f"**/runs/{BUILD_ID}/index.html")
        visit.assert_clean()


def test_a_visit_notices_what_goes_wrong(browser: Browser, tmp_path: Path) -> None:
    """The guard itself: a page that asks another host, breaks its policy and raises a dialog is caught."""
    page = tmp_path / "bad.html"
    page.write_text(
        "<meta http-equiv='Content-Security-Policy' content=\"style-src 'none'\"><body style='color:red'>"
        "<img src='https://example.org/x.png'><script>alert(1)</script>",
        "utf-8",
    )
    with visiting(browser) as visit:
        visit.open(page.as_uri())
        assert visit.outside == ["https://example.org/x.png"]
        assert any("policy" in error.lower() for error in visit.errors)
        assert visit.dialogs == ["1"]


def test_dark_and_print_are_drawn_too(browser: Browser, run: Path) -> None:
    def fill(visit: Visit) -> str:
        visit.open(f"{run.as_uri()}/map.html")
        return str(visit.page.eval_on_selector("path.class-better", "one => getComputedStyle(one).fill"))

    with visiting(browser, color_scheme="light") as light, visiting(browser, color_scheme="dark") as dark:
        assert fill(light) != fill(dark)
        light.page.emulate_media(media="print")
        assert not light.page.locator("#controls").is_visible()
        assert light.page.locator("#table").is_visible()
