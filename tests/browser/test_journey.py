"""A course of ceftriaxone by gravity, from the referral to the signed note of the visit, clicked through the pages in Chromium.

Every step is clicked by the person of its role. By a script stands only what the wall clock decides: the zone of program
and home, Tess's shift and the taking back of her other visits (``_midday``, ``AT_HOME``), and the 40 minutes the box was on the road (``ON_THE_ROAD``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect
from support.pages import enter, fill, number_in, press, send, violations

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
IN_THE_PROGRAM = """
from openinfusion.platform.tenancy import scope
from openinfusion.platform.tenancy.models import Site, Tenant
with scope.every_tenant():
    tenant = Tenant.objects.get()
"""
SET_THE_CLOCK = """
from datetime import date, time
from openinfusion.apps.scheduling.public import Visit, unassign
from openinfusion.apps.workforce.public import Nurse, set_shift
from openinfusion.platform import clock
from openinfusion.platform.access.person import system_access
with scope.tenant(tenant.pk):
    Tenant.objects.filter(pk=tenant.pk).update(time_zone={zone!r})
    Site.objects.update(time_zone={zone!r})
    tess = Nurse.objects.get(name="Tess Invente")
    set_shift(nurse=tess, on=date.fromisoformat({day!r}), starts=time(7, 30), ends=time(16, 30),
              by=system_access(tenant.pk), at=clock.now())
    for visit in Visit.objects.filter(nurse=tess, status__in=("assigned", "confirmed")):
        unassign(visit=visit, by=system_access(tenant.pk), at=clock.now())
"""
AT_HOME = """
from openinfusion.apps.patients.public import Episode, Patient
with scope.tenant(tenant.pk):
    Patient.objects.filter(pk=Episode.objects.get(pk={episode}).patient_id).update(time_zone={zone!r})
"""
ON_THE_ROAD = """
from datetime import timedelta
from django.db.models import F
from openinfusion.apps.delivery.models import Shipment
with scope.tenant(tenant.pk):
    earlier = timedelta(minutes=40)
    Shipment.objects.filter(pk={shipment}).update(packed_at=F("packed_at") - earlier, shipped_at=F("shipped_at") - earlier)
"""


@dataclass
class Course:
    """What the steps hand to each other: the desks with their pages, and the ids read from the addresses."""

    sign_in: Any
    open_page: Any
    demo: Any
    zone: ZoneInfo
    pages: dict[Role, Page] = field(default_factory=dict)
    episode: int = 0
    order: int = 0
    preparation: int = 0
    shipment: int = 0
    visit: int = 0
    number: str = ""
    phone: Any = None

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
    """By services: the program's zone, Tess's shift without her other visits: a visit now is within her working day."""
    now = datetime.now(UTC)
    zone = next(
        name
        for name in ZONES
        if 10 * 60 <= (there := now.astimezone(ZoneInfo(name))).hour * 60 + there.minute < 13 * 60
    )
    _run(demo, SET_THE_CLOCK.format(zone=zone, day=now.astimezone(ZoneInfo(zone)).date().isoformat()))
    return ZoneInfo(zone)


def _run(demo, script: str) -> None:
    """Run Python in the demo's environment, within its one program."""
    done = demo.command("manage", "shell", "-v", "0", "-c", IN_THE_PROGRAM + script)
    assert done.returncode == 0, done.stderr[-2000:]


def _recent_referral() -> bytes:
    """The demo referral with its days moved to this week: results of another month would rightly block the visit."""
    moved = datetime.now(UTC).date() - date(2026, 11, 20)
    text = load_referral("ceftriaxone").decode()
    return re.sub(r"2026-\d\d-\d\d", lambda found: (date.fromisoformat(found[0]) + moved).isoformat(), text).encode()


def _referral(course: Course) -> None:
    page = course.at(Role.INTAKE)
    page.goto("/intake/upload/")
    document = {"name": "referral.json", "mimeType": "application/fhir+json", "buffer": _recent_referral()}
    page.set_input_files("[name=file]", document)
    press(page, "Read the referral")
    expect(page.get_by_role("main")).to_contain_text("25 of 25 items are there")
    referral = page.url
    press(page, "Start the review")
    send(page, f"{referral}accept/", "Accept")
    expect(page.get_by_role("main")).to_contain_text("The episode is open")
    course.episode = number_in(page)
    _run(course.demo, AT_HOME.format(zone=course.zone.key, episode=course.episode))


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
    where = {"latitude": "39.7991", "longitude": "-89.6441"}
    send(page, f"{chart}change/", "Save", where)


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
    press(page, "Record the preparation")
    second = course.open_page()
    enter(second, Role.PHARMACIST, email=SECOND_PHARMACIST)
    second.goto(f"/pharmacy/preparations/{course.preparation}/check/")
    _tick_all(second)
    press(second, "I checked it")
    press(second, "Release and make the label")
    expect(second.get_by_role("link", name="Show the label")).to_be_visible()
    course.number = re.findall(r"[A-Z-]+\d+-O\d+-P\d+", second.get_by_role("main").inner_text())[0]


def _tick_all(page: Page) -> None:
    for box in page.locator("main input[type=checkbox]").all():
        box.check()


def _deliver(course: Course) -> None:
    """The box: planned, each line picked by the code on the thing, closed, sent, its logger read, handed over."""
    page = course.at(Role.TECHNICIAN)
    kit = f"KIT-{course.episode}"
    send(page, "/inventory/kits/new/", "Record the kit", {"code": kit, "expires_on": course.day(300)})
    window = course.moment("deliver_from", course.now) | course.moment("deliver_until", course.now + timedelta(hours=2))
    send(page, f"/delivery/episodes/{course.episode}/plan/", "Plan the delivery", window)
    course.shipment = number_in(page)
    box = f"/delivery/{course.shipment}/"
    while (line := page.locator("main tr:has(input[name=code])").first).count():
        code = _code_on_the_thing(course, line.locator("label").inner_text(), kit)
        page.goto(box)
        line.locator("input[name=code]").fill(code)
        line.get_by_role("button").click()
        expect(page.locator(".toast--problem")).to_have_count(0)
        page.goto(box)
    press(page, "Close the box")
    send(page, f"{box}ship/", "The box has left", {"carrier": "Demo van"})
    _on_the_road(course)
    hour = [course.now - timedelta(minutes=minutes) for minutes in (50, 40, 30, 20, 10, 0)]
    log = "\n".join(f"{at.isoformat(timespec='seconds')},4.{place}" for place, at in enumerate(hour))
    send(page, f"{box}temperature/", "Keep the readings", {"readings": log})
    page.goto(box)
    parcel = page.locator("h1").inner_text().split()[-1]
    page.goto(f"{box}deliver/")
    _tick_all(page)
    fill(page, {"parcel": parcel, "received_by": "Marion Sampleford", "relation": "patient"})
    press(page, "Record the delivery")
    expect(page.get_by_role("main")).to_contain_text("May be used")


def _code_on_the_thing(course: Course, label: str, kit: str) -> str:
    """What the scanner reads: the number of the preparation, the code of the kit, or the lot of a supply on the shelf."""
    kind, name = label.split(", ", 1)
    if kind == "Preparation number":
        return course.number
    if kind == "Kit code":
        return kit
    page = course.at(Role.TECHNICIAN)
    page.goto("/inventory/")
    return page.locator("main tr", has_text=name).first.locator("td").last.inner_text().split(",")[0].strip()


def _on_the_road(course: Course) -> None:
    """By the database: the box left 40 minutes ago, because nobody waits for a van in a test."""
    _run(course.demo, ON_THE_ROAD.format(shipment=course.shipment))


def _plan(course: Course) -> None:
    page = course.at(Role.SCHEDULER)
    soon = course.now + timedelta(minutes=5)
    values = {"from_date": course.day(), "days": "1", "times": soon.strftime("%H:%M"), "which": "every"}
    send(page, f"/scheduling/orders/{course.order}/visits/", "Plan the visits", values)
    page.goto(f"/patients/episodes/{course.episode}/")
    course.visit = int(re.findall(r"/scheduling/visits/(\d+)/", page.content())[0])


def _assign(course: Course) -> None:
    page = course.at(Role.SCHEDULER)
    page.goto(f"/scheduling/visits/{course.visit}/assign/")
    page.get_by_role("radio", name="Tess Invente").check()
    press(page, "Assign")


def _ready(course: Course) -> None:
    page = course.at(Role.SCHEDULER)
    page.goto(f"/readiness/visits/{course.visit}/")
    expect(page.get_by_role("main")).to_contain_text("Ready")
    expect(page.get_by_role("main")).not_to_contain_text("Blocked")


def _arrive(course: Course) -> None:
    """The nurse on the phone: check in, two identifiers, history, line, kit, vital signs."""
    page = course.phone = course.sign_in(Role.NURSE, width=390)
    visit = f"/visits/{course.visit}/"
    page.goto("/visits/")
    page.locator(f"main a[href='{visit}']").first.click()
    press(page, "Start the visit")
    send(page, f"{visit}identity/", "Compare", {"full_name": "Marion Sampleford", "birth_date": "04-Mar-1961"})
    asked = {"allergies_reviewed": "yes", "last_reaction_asked": "yes", "phone_and_address": "yes"}
    send(page, f"{visit}section/history/", "Save", asked)
    send(page, f"{visit}section/access/", "Save", {"site_look": "no redness, no swelling", "patent": "yes"})
    send(page, f"{visit}section/kit/", "Save", {"intact": "yes"})
    _vitals(page, visit, 124)


def _vitals(page: Page, visit: str, systolic: int) -> None:
    values = {
        "systolic": systolic, "diastolic": 76, "heart_rate": 78, "respiratory_rate": 16, "temperature_c": "36.8",
        "oxygen_saturation": 97, "on_oxygen": "no", "consciousness": "A",
    }  # fmt: skip
    send(page, f"{visit}vitals/", "Save the vital signs", values)


def _infuse(course: Course) -> None:
    """The wrong bag is refused, the right one started; the wall shows it; it ends with the whole dose given."""
    page, visit = course.phone, f"/visits/{course.visit}/"
    page.goto(f"{visit}infusion/")
    fill(page, {"preparation": "DEMO-E-000001-O1-P1"})
    page.get_by_role("main").get_by_role("button", name="Start now").click()
    expect(page.locator("h1")).not_to_have_text("Infusion running")
    send(page, f"{visit}infusion/", "Start now", {"preparation": course.number})
    expect(page.locator("h1")).to_have_text("Infusion running")
    wall = course.at(Role.MONITOR)
    wall.goto("/monitoring/")
    expect(wall.locator("h1")).to_be_visible()
    assert violations(wall) == []
    send(page, f"{visit}end/", "End it", {"given": "2", "wasted": "0"})


def _sign(course: Course) -> None:
    page, visit = course.phone, f"/visits/{course.visit}/"
    _vitals(page, visit, 122)
    for section, values in (
        ("teaching", {"taught": "when to call", "teach_back": "said it back right"}),
        ("supplies", {"count": "nothing left"}),
        ("next_visit", {"agreed": "tomorrow, same time"}),
        ("patient_signature", {"name": "Marion Sampleford"}),
        ("note", {"reaction": "no", "text": "Infusion without problems."}),
    ):
        send(page, f"{visit}section/{section}/", "Save", values)
    page.goto(f"{visit}sign/")
    button = page.get_by_role("main").get_by_role("button", name=re.compile("^Sign as"))
    press(page, button.inner_text())
    expect(page.locator("h1")).to_have_text("Visit signed")


def _outcome(course: Course) -> None:
    page = course.at(Role.QUALITY)
    names = ("unplanned_hospital_stay", "adverse_event", "access_device_event")
    answers = dict.fromkeys(names, "no") | {"therapy_completed": "not_known", "bloodstream_infections": "0"}
    send(page, f"/quality/episodes/{course.episode}/outcome/", "Record the outcome", answers)


def _portal(course: Course) -> None:
    """The patient's login is given access to the chart; the care page opens on the phone."""
    page = course.at(Role.INTAKE)
    page.goto(f"/patients/episodes/{course.episode}/")
    people = page.get_by_role("link", name="Who has portal access").get_attribute("href")
    send(page, f"{people}add/", "Give access", {"relation": "patient", "email": "patient@demo.example"})
    home = course.sign_in(Role.PATIENT, width=390)
    home.goto(f"/portal/{course.episode}/")
    expect(home.locator("h1")).to_be_visible()
    assert violations(home) == []


STEPS = [
    _referral,
    _chart,
    _benefits,
    _home,
    _consent,
    _order,
    _verify,
    _prepare,
    _deliver,
    _plan,
    _assign,
    _ready,
    _arrive,
    _infuse,
    _sign,
    _outcome,
    _portal,
]


def test_ceftriaxone_from_the_referral_to_the_signed_note(demo, sign_in, open_page):
    course = Course(sign_in, open_page, demo, _midday(demo))
    for step in STEPS:
        step(course)
