"""The style page in a real browser: accessible in both themes and widths, no sideways scroll, keys and kept pages work."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from openinfusion.platform.ui import offline

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("ui_urls")]

CHROMIUM = Path(os.environ.get("OPENINFUSION_CHROMIUM", "/usr/bin/chromium"))
AXE = Path(__file__).parents[2] / "browser" / "vendor" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync"]  # fmt: skip


@pytest.fixture
def browser(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    if not CHROMIUM.exists():
        pytest.skip("no Chromium on this machine")
    sync_api = pytest.importorskip("playwright.sync_api")
    settings.DEMO = True
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with sync_api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield running
        running.close()


def problems(page: Any) -> list[str]:
    page.evaluate(AXE.read_text())
    result = page.evaluate("(tags) => axe.run(document, {runOnly: tags})", RULES)
    return [f"{one['id']}: {node['target']}" for one in result["violations"] for node in one["nodes"]]


def kept_paths(page: Any) -> list[str]:
    """What the service worker keeps of the person signed in."""
    return page.evaluate(
        """async () => {
            const own = (await caches.keys()).find((name) => name.startsWith("oi-pages-"));
            const requests = own ? await (await caches.open(own)).keys() : [];
            return requests.map((request) => new URL(request.url).pathname);
        }"""
    )


def until(is_so: Callable[[], bool], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_the_style_page_is_accessible_and_never_scrolls_sideways(
    browser: Any, live_server: Any, width: int, scheme: str
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(f"{live_server.url}/style/")
    assert problems(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert said == [], "no script error and nothing refused by the content security policy"


def test_sign_in_and_the_form_with_problems_are_accessible(browser: Any, live_server: Any) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 900})
    page.goto(f"{live_server.url}/accounts/login/")
    assert problems(page) == []
    page.goto(f"{live_server.url}/style/")
    page.get_by_role("button", name="Save and go on").click()
    page.wait_for_function("document.activeElement.classList.contains('error-summary')", timeout=5000)
    assert problems(page) == []


def test_j_and_k_move_inside_a_queue_only(browser: Any, live_server: Any) -> None:
    page = browser.new_page()
    page.goto(f"{live_server.url}/style/")
    links = page.locator("[data-keys] > tr a")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement === document.body")
    links.nth(0).focus()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert links.nth(1).evaluate("element => element === document.activeElement")


def test_a_page_left_open_stops_showing_numbers_as_current(browser: Any, live_server: Any) -> None:
    """The tile goes stale in the browser too, when no message arrives any more (HZ-032)."""
    page = browser.new_page()
    page.goto(f"{live_server.url}/style/")
    tile = page.locator("[data-live]").first
    assert tile.locator("[data-live-now]").is_visible()
    tile.evaluate(
        "element => { element.dataset.age = '299'; element.dataset.seen = String(performance.now() - 5000); }"
    )
    tile.locator("[data-live-silent]").wait_for(state="visible", timeout=5000)
    assert not tile.locator("[data-live-now]").is_visible()


def test_a_visit_page_is_kept_without_network_and_says_so_and_other_pages_are_not(
    browser: Any, live_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = ["nurse-one"]
    monkeypatch.setattr(offline, "owner_of", lambda request: owner[0])
    monkeypatch.setattr(offline, "_providers", [lambda request: ["/visits/7/"]])
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{live_server.url}/visits/7/")
    until(lambda: kept_paths(page) == ["/visits/7/"])
    page.goto(f"{live_server.url}/other/")
    assert kept_paths(page) == ["/visits/7/"]
    context.set_offline(True)
    page.goto(f"{live_server.url}/visits/7/")
    assert "not the present state" in page.locator("[data-kept]").inner_text()
    assert page.locator("[data-kept]").is_visible()
    page.goto(f"{live_server.url}/visits/8/")
    assert "No network" in page.locator("h1").inner_text()
    context.set_offline(False)
    owner[0] = "nurse-two"
    page.goto(f"{live_server.url}/offline/")
    until(lambda: "oi-pages-nurse-one" not in page.evaluate("caches.keys()"))
    context.close()
