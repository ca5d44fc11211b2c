"""Every page of every role's navigation, as that role sees it: no accessibility fault, no sideways scroll, no script error."""

import pytest
from support.pages import scrolls_sideways, violations

from openinfusion.platform.access.roles import Role

pytestmark = pytest.mark.browser
DESKS = [role for role in Role if role not in (Role.CAREGIVER,)]


def _pages(page) -> list[str]:
    links = page.eval_on_selector_all("nav.nav a, .tabbar a", "links => links.map(link => link.getAttribute('href'))")
    here = page.evaluate("location.pathname")
    return list(dict.fromkeys([here, *[link for link in links if link and link.startswith("/")]]))


@pytest.mark.parametrize("role", DESKS, ids=lambda role: role.value)
def test_the_pages_of_a_role(sign_in, role, seen={}):  # noqa: B006 - pages shared by roles are checked once
    page = sign_in(role)
    faults = []
    for path in _pages(page):
        response = page.goto(path)
        if response is None or response.status != 200:
            faults.append(f"{path}: {response.status if response else 'no answer'}")
            continue
        if path in seen:
            continue
        seen[path] = role
        faults += [f"{path}: {fault}" for fault in violations(page)]
        page.set_viewport_size({"width": 390, "height": 800})
        if scrolls_sideways(page):
            faults.append(f"{path}: scrolls sideways at 390 px")
        page.set_viewport_size({"width": 1440, "height": 1000})
    assert faults == []


def test_the_first_tab_stop_skips_to_the_content(sign_in):
    page = sign_in(Role.PHARMACIST)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_pages_work_without_javascript(sign_in):
    page = sign_in(Role.NURSE, java_script=False)
    assert page.locator("h1").count() == 1
    page.goto("/work-list/")
    assert page.locator("h1").inner_text() == "Work list"
