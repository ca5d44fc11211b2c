"""A course of ceftriaxone by gravity, from the referral to the posted payment, clicked through the pages in Chromium.

Every step is clicked by the person of its role. By services stands only what the wall clock decides: ``_midday`` gives
the demo program and Tess a time zone where it is the middle of the working day, whenever the test runs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect
from support.pages import enter, fill, number_in, press, send

from openinfusion.core.homes import PROPOSED_SKILLS
from openinfusion.demo_data.referrals import load_referral
from openinfusion.platform.access.roles import Role

pytestmark = pytest.mark.browser

#: One of these has a wall clock between 10:00 and 13:30 at any moment.
ZONES = ("Pacific/Auckland", "Asia/Tokyo", "Asia/Dhaka", "Asia/Dubai", "Europe/Athens", "Europe/London", "America/Sao_Paulo",
         "America/Chicago", "America/Los_Angeles", "Pacific/Honolulu", "Asia/Bangkok", "Australia/Brisbane",
         "Atlantic/Azores")  # fmt: skip
SKILLS = ("always", "gravity", "picc")
SECOND_PHARMACIST = "pharmacist.two@demo.example"
SET_THE_CLOCK = """
from datetime import date, time
from openinfusion.apps.workforce.public import Nurse, set_shift
from openinfusion.platform import clock
from openinfusion.platform.access.person import system_access
from openinfusion.platform.tenancy import scope
from openinfusion.platform.tenancy.models import Site, Tenant
with scope.every_tenant():
    tenant = Tenant.objects.get()
with scope.tenant(tenant.pk):
    Tenant.objects.filter(pk=tenant.pk).update(time_zone={zone!r})
    Site.objects.update(time_zone={zone!r})
    tess = Nurse.objects.get(name="Tess Invente")
    set_shift(nurse=tess, on=date.fromisoformat({day!r}), starts=time(7, 30), ends=time(16, 30),
              by=system_access(tenant.pk), at=clock.now())
"""


@dataclass
class Course:
    """What the steps hand to each other: the desks with their pages, and the ids read from the addresses."""

    sign_in: object
    open_page: object
    zone: ZoneInfo
    pages: dict[Role, Page] = field(default_factory=dict)
    episode: int = 0
    order: int = 0
    preparation: int = 0
    shipment: int = 0
    visit: int = 0
    claim: int = 0
    number: str = ""

    def at(self, role: Role) -> Page:
        if role not in self.pages:
            self.pages[role] = self.sign_in(role)
        return self.pages[role]

    @property
    def now(self) -> datetime:
        return datetime.now(self.zone)

    def day(self, days: int = 0) -> str:
        return (self.now + timedelta(days=days)).strftime("%d-%b-%Y")

    def moment(self, name: str, at: datetime) -> dict[str, str]:
        return {f"{name}_0": at.strftime("%d-%b-%Y"), f"{name}_1": at.strftime("%H:%M")}


def _midday(demo) -> ZoneInfo:
    """By services: the program's zone and Tess's shift, so that a visit now is within her working day."""
    now = datetime.now(UTC)
    zone = next(
        name
        for name in ZONES
        if 10 * 60 <= (there := now.astimezone(ZoneInfo(name))).hour * 60 + there.minute < 13 * 60
    )
    script = SET_THE_CLOCK.format(zone=zone, day=now.astimezone(ZoneInfo(zone)).date().isoformat())
    done = demo.command("manage", "shell", "-v", "0", "-c", script)
    assert done.returncode == 0, done.stderr[-2000:]
    return ZoneInfo(zone)


def _referral(course: Course) -> None:
    page = course.at(Role.INTAKE)
    page.goto("/intake/upload/")
    document = {"name": "referral.json", "mimeType": "application/fhir+json", "buffer": load_referral("ceftriaxone")}
    page.set_input_files("[name=file]", document)
    press(page, "Read the referral")
    expect(page.get_by_role("main")).to_contain_text("25 of 25 items are there")
    referral = page.url
    press(page, "Start the review")
    send(page, f"{referral}accept/", "Accept")
    expect(page.get_by_role("main")).to_contain_text("The episode is open")
    course.episode = number_in(page)


def _chart(course: Course) -> None:
    """What the referral does not say and the order checks ask for."""
    page = course.at(Role.INTAKE)
    page.goto(f"/patients/episodes/{course.episode}/")
    page.get_by_role("main").get_by_role("link", name="Chart", exact=True).click()
    chart = page.url
    for what in ("conditions", "medications"):
        page.goto(chart)
        form = page.locator(f"form[action$='/review/{what}/']")
        if form.count():
            form.locator("button").click()


def _benefits(course: Course) -> None:
    page = course.at(Role.INTAKE)
    page.goto(f"/coverage/episodes/{course.episode}/")
    benefit = page.get_by_role("link", name="Record a benefit").get_attribute("href")
    request = page.get_by_role("link", name="Request an authorization").get_attribute("href")
    for part in ("drug", "per_diem", "nursing", "supplies"):
        send(page, benefit, "Record the answer", {"category": part, "covered": "yes", "authorization": "yes"})
    send(page, request, "It was requested", {"note": "REF-1"})
    line = {"category_1": "nursing", "code_1": "99601", "units_1": "24", "unit_1": "visit"}
    values = {"number": "AUTH-TEST-1", "starts_on": course.day(-1), "ends_on": course.day(90), **line}
    send(page, f"{page.url}approve/", "Record the approval", values)
    expect(page.get_by_role("main")).to_contain_text("AUTH-TEST-1")


def _home(course: Course) -> None:
    page = course.at(Role.NURSE)
    home = f"/homes/{course.episode}/"
    page.goto(f"{home}assess/")
    names = page.eval_on_selector_all("main input[type=radio][value=yes]", "all => all.map(one => one.name)")
    fill(page, {"method": "visit", **dict.fromkeys(names, "yes")})
    press(page, "Record the assessment")
    page.goto(f"{home}connectivity/")
    names = page.eval_on_selector_all("main input[type=radio][value=yes]", "all => all.map(one => one.name)")
    fill(page, dict.fromkeys(names, "yes"))
    press(page, "Record the answers")
    for rule in PROPOSED_SKILLS:
        if rule.when & set(SKILLS):
            shown = {"learner": "patient", "skill": rule.skill, "evidence": "return_demonstration", "passed": "yes"}
            send(page, f"{home}competency/", "Record and sign", shown)


def _consent(course: Course) -> None:
    page = course.at(Role.NURSE)
    values = {"kind": "treatment", "signed_by": "Marion Sampleford", "relation": "self"}
    send(page, f"/patients/episodes/{course.episode}/consents/add/", "Record the consent", values)


def _order(course: Course) -> None:
    page = course.at(Role.INTAKE)
    send(page, f"/pharmacy/episodes/{course.episode}/orders/new/", "Search", {"drug": "ceftri"})
    fill(page, {"therapy": "ceftriaxone"})
    press(page, "Go on with this drug")
    fill(page, {
        "indication": "osteomyelitis", "route": "intravenous", "dose_0": "2", "dose_1": "g", "dose_basis": "absolute",
        "schedule": "interval", "times": "1", "per_0": "24", "per_1": "h", "first_dose": "no", "start_on": course.day(),
        "stop_on": course.day(42), "diluent": "sodium chloride 0.9 %", "volume_0": "50", "volume_1": "mL",
        "infuse_over_0": "30", "infuse_over_1": "min", "rate_1_0": "100", "rate_1_1": "mL/h", "for_1_0": "30", "for_1_1": "min",
        "pump": "gravity", "access": "picc", "premedication": "none", "monitoring": "creatinine weekly",
        "ordered_by": "Ada Ficton MD", "shares_line": "none", "origin": "entered",
    })  # fmt: skip
    press(page, "Keep as a draft")
    course.order = number_in(page)
    press(page, "Send to verification")


def _verify(course: Course) -> None:
    page = course.at(Role.PHARMACIST)
    page.goto("/pharmacy/queue/")
    page.locator(f"main a[href='/pharmacy/orders/{course.order}/verify/']").first.click()
    page.wait_for_url("**/verify/")
    for reason in page.locator("main input[type=text][required], main textarea[required]").all():
        reason.fill("agreed with the prescriber by phone")
    press(page, "Verify and sign")


def _prepare(course: Course) -> None:
    """One dose is made; a second person, not the maker, checks it and releases it with its label."""
    page = course.at(Role.TECHNICIAN)
    send(page, f"/pharmacy/orders/{course.order}/prepare/", "Plan the doses", {"doses": "1"})
    course.preparation = number_in(page)
    press(page, "Start the work")
    page.goto(f"/pharmacy/preparations/{course.preparation}/worksheet/")
    lot = re.findall(r"DEMO\d{4}\b", page.get_by_role("main").inner_text())[0]
    _tick_all(page)
    page.locator("main [name=category]").select_option(index=1)
    kept = {"storage": "fridge_2_8c", "stability_hours": "24", "stability_source": "invented for this test"}
    fill(page, {"lot_1": lot, "count_1": "1", **kept})
    page.get_by_role("main").get_by_role("button").first.click()
    second = course.open_page()
    enter(second, Role.PHARMACIST, email=SECOND_PHARMACIST)
    second.goto(f"/pharmacy/preparations/{course.preparation}/check/")
    _tick_all(second)
    second.get_by_role("main").get_by_role("button").first.click()
    second.goto(f"/pharmacy/preparations/{course.preparation}/")
    press(second, "Release and make the label")
    expect(second.get_by_role("link", name="Show the label")).to_be_visible()
    course.number = second.locator("h1").inner_text().split()[-1]


def _tick_all(page: Page) -> None:
    for box in page.locator("main input[type=checkbox]").all():
        box.check()


def _deliver(course: Course) -> None:
    """The box: planned, each line picked by the code on the thing, closed, sent, its logger read, handed over."""
    page = course.at(Role.TECHNICIAN)
    window = course.moment("deliver_from", course.now) | course.moment("deliver_until", course.now + timedelta(hours=2))
    send(page, f"/delivery/episodes/{course.episode}/plan/", "Plan the delivery", window)
    course.shipment = number_in(page)
    box = f"/delivery/{course.shipment}/"
    while (line := page.locator("main tr:has(input[name=code])").first).count():
        print(line.inner_text())
        break


STEPS = [_referral, _chart, _benefits, _home, _consent, _order, _verify, _prepare, _deliver]


def test_ceftriaxone_from_the_referral_to_the_payment(demo, sign_in, open_page):
    course = Course(sign_in, open_page, _midday(demo))
    for step in STEPS:
        step(course)
