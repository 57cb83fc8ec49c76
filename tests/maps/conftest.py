"""The made-up site, and a browser to look at it with."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, Dialog, Page, Route, sync_playwright

from tests.maps.made_up import BUILD_ID, make_site, make_warehouse


@pytest.fixture(scope="session")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_warehouse(tmp_path_factory.mktemp("warehouse") / "placeline.duckdb")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_site(tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="session")
def run(site: Path) -> Path:
    return site / "runs" / BUILD_ID


# ---- the browser -----------------------------------------------------------------------------------------

QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the system's Chromium; without one the test is skipped, but not where CI must run it."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        path = shutil.which(name)
        if path:
            return path
    reason = "no Chromium (chromium, chromium-browser, google-chrome) on PATH to open the pages with"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
        yield browser
        browser.close()


REPORT_VIOLATIONS = """
document.addEventListener('securitypolicyviolation', (event) => {
  console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`);
});
"""


@dataclass
class Visit:
    """An open page, and all that went wrong while it was open."""

    page: Page
    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def open(self, address: str) -> None:
        self.page.goto(address)
        if "map.html" in address or self.page.locator("#places").count():
            self.page.wait_for_selector("html[data-drawn]", state="attached")

    def assert_clean(self) -> None:
        assert not self.outside, "requests to other hosts"
        assert not self.errors, "console errors or policy violations"
        assert not self.dialogs, "a hostile string ran"


@contextmanager
def visiting(browser: Browser, *, width: int = 1440, height: int = 900, **more: Any) -> Iterator[Visit]:
    context = browser.new_context(viewport={"width": width, "height": height}, accept_downloads=True, **more)
    context.add_init_script(REPORT_VIOLATIONS)
    visit = Visit(context.new_page())

    def guard(route: Route) -> None:
        url = route.request.url
        if url.startswith(("file:", "blob:", "data:", "http://127.0.0.1:")):
            route.continue_()
        else:
            visit.outside.append(url)
            route.abort()

    context.route("**/*", guard)
    visit.page.on(
        "console", lambda message: visit.errors.append(message.text) if message.type == "error" else None
    )
    visit.page.on("pageerror", lambda error: visit.errors.append(str(error)))

    def dismiss(dialog: Dialog) -> None:
        visit.dialogs.append(dialog.message)
        dialog.dismiss()

    visit.page.on("dialog", dismiss)
    yield visit
    context.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """Source of axe-core; without the package that carries it the test is skipped, but not where CI must run it."""
    try:
        return (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
    except ModuleNotFoundError:
        reason = "no axe-core to judge pages with (pip install axe-playwright-python)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)


class _Silent(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="session")
def served(site: Path) -> Iterator[str]:
    """Address of the site on a loopback server, below a sub-path as on a shared static host."""
    handler = partial(_Silent, directory=str(site.parent))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/site"
        server.shutdown()
        thread.join()
