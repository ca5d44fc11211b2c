"""What browser tests do with a page."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

from openinfusion.platform.access.roles import Role
from openinfusion.project.demo.program import PASSWORD, email_of

AXE = Path(__file__).parent.parent / "browser" / "vendor" / "axe.min.js"


def enter(page: Page, role: Role) -> None:
    """Sign in through the form."""
    page.goto("/account/login/")
    page.fill("input[name=login]", email_of(role))
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/account/login" not in url)


def violations(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA, as `rule: targets`."""
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})")
    return [f"{one['id']}: {[node['target'] for node in one['nodes']][:3]}" for one in found["violations"]]


def scrolls_sideways(page: Page) -> bool:
    """Whether the page is wider than the screen."""
    return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1")
