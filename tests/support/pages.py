"""What browser tests do with a page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from playwright.sync_api import Page

from openinfusion.platform.access.roles import Role
from openinfusion.project.demo.program import PASSWORD, email_of

AXE = Path(__file__).parent.parent / "browser" / "vendor" / "axe.min.js"


def enter(page: Page, role: Role, *, email: str = "") -> None:
    """Sign in through the form, as the person of the role or by an address."""
    page.goto("/account/login/")
    page.fill("input[name=login]", email or email_of(role))
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/account/login" not in url)


def violations(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA, as `rule: targets`. Looked at in full height: axe does not scroll, and would
    measure only the part of a button that peeps out above a bar at the foot of the screen.
    """
    size = page.viewport_size or {"width": 1440, "height": 1000}
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": size["width"], "height": max(size["height"], height + 100)})
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})")
    page.set_viewport_size(size)
    return [f"{one['id']}: {[node['target'] for node in one['nodes']][:3]}" for one in found["violations"]]


def scrolls_sideways(page: Page) -> bool:
    """Whether the page is wider than the screen."""
    return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1")


def fill(page: Page, values: Mapping[str, object]) -> None:
    """Enter values in the main form by the names of its fields, whatever kind of field it is."""
    for name, value in values.items():
        field = page.locator(f"main [name='{name}']")
        kind = field.first.evaluate("one => one.type")
        if kind == "radio" or (kind == "checkbox" and not isinstance(value, bool)):
            page.locator(f"main [name='{name}'][value='{value}']").check()
        elif kind == "checkbox":
            field.set_checked(bool(value))
        elif kind == "select-one":
            field.select_option(str(value))
        else:
            field.fill(str(value))


def press(page: Page, button: str) -> None:
    """Press a button of the page; what comes back is a page without a problem."""
    with page.expect_navigation() as gone:
        page.get_by_role("main").get_by_role("button", name=button, exact=True).click()
    status = gone.value.status if gone.value else 0
    problems = page.locator(".toast--problem").all_inner_texts()
    said = page.get_by_role("main").inner_text()[:1500] if status != 200 else ""
    assert (status, problems) == (200, []), f"{page.url}: {status} {problems} {said}"


def send(page: Page, path: str, button: str, values: Mapping[str, object] | None = None) -> None:
    """Open a form, enter the values, press its button."""
    page.goto(path)
    fill(page, values or {})
    press(page, button)


def number_in(page: Page) -> int:
    """The id of the row whose page this is, from its address."""
    return int(re.findall(r"/(\d+)/", page.url)[-1])
