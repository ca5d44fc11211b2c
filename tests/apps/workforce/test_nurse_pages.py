"""Nurses: what they may do on a day is what is recorded and not expired; a call-off has its reason."""

from datetime import date, time, timedelta

import pytest

from openinfusion.apps.workforce.public import (
    Licence,
    Nurse,
    NurseCompetency,
    Shift,
    add_nurse,
    nurse_of_user,
    set_shift,
)
from openinfusion.platform.access.roles import Role
from openinfusion.platform.errors import NotAllowed, Refused


@pytest.fixture
def nurse(site, acting, at):
    return add_nurse(name="Tess Testwell", site=site, by=acting(Role.SCHEDULER), at=at)


def test_the_whole_way_by_page(site, browse):
    scheduler, quality = browse(Role.SCHEDULER), browse(Role.QUALITY)
    assert scheduler.post("/workforce/add/", {"name": "", "credentials": "RN"}).status_code == 422
    assert scheduler.post("/workforce/add/", {"name": "Tess Testwell", "credentials": "RN, CRNI"}).status_code == 302
    nurse = Nurse.objects.get()
    url = f"/workforce/{nurse.pk}/"
    licence = {"state": "il", "number": "041-1", "expires_on": "01-May-2028"}
    assert scheduler.post(f"{url}licence/", licence | {"expires_on": "01-May-2020"}).status_code == 422
    assert scheduler.post(f"{url}licence/", licence | {"state": "I1"}).status_code == 422
    assert scheduler.post(f"{url}licence/", licence).status_code == 302
    shown = {"name": "aseptic technique and hand hygiene", "shown_on": "01-Nov-2026", "expires_on": "01-Nov-2027"}
    assert scheduler.post(f"{url}competency/", shown).status_code == 403
    assert quality.post(f"{url}competency/", shown | {"name": "juggling"}).status_code == 422
    assert quality.post(f"{url}competency/", shown | {"shown_on": "01-Dec-2026"}).status_code == 422
    assert quality.post(f"{url}competency/", shown).status_code == 302
    hours = {"on": "25-Nov-2026", "starts": "08:00", "ends": "16:30"}
    assert scheduler.post(f"{url}shift/", hours | {"ends": "07:00"}).status_code == 422
    assert scheduler.post(f"{url}shift/", hours).status_code == 302
    text = scheduler.get(url).content.decode()
    for words in (
        "IL",
        "Valid until 01-May-2028",
        "Aseptic technique",
        "25-Nov-2026",
        "08:00 to 16:30",
        "Cancel this shift",
    ):
        assert words in text, words
    shift = Shift.objects.get()
    cancel = f"/workforce/shifts/{shift.pk}/cancel/"
    assert scheduler.post(cancel, {"reason": ""}).status_code == 422
    assert scheduler.post(cancel, {"reason": "ill"}).status_code == 302
    assert scheduler.post(cancel, {"reason": "ill"}).status_code == 422
    assert b"Cancelled" in scheduler.get(url).content


def test_what_has_expired_says_so_in_words(nurse, browse, at):
    gone, soon = at.date() - timedelta(days=1), at.date() + timedelta(days=20)
    Licence.objects.create(nurse=nurse, state="IL", number="1", expires_on=gone)
    Licence.objects.create(nurse=nurse, state="IA", number="2", expires_on=soon)
    NurseCompetency.objects.create(nurse=nurse, name="midline", shown_on=date(2025, 1, 1), expires_on=gone)
    client = browse(Role.SCHEDULER)
    text = client.get(f"/workforce/{nurse.pk}/").content.decode()
    assert "Expired 23-Nov-2026" in text
    assert "Ends soon, 14-Dec-2026" in text
    listed = client.get("/workforce/").content.decode()
    assert "expired: IL" in listed
    assert "expired: midline" in listed
    assert "IA" in listed


def test_a_nurse_without_a_licence_is_shown_as_that(nurse, browse):
    assert b"No valid licence" in browse(Role.NURSE).get("/workforce/").content


def test_only_the_next_fourteen_days_are_shown(nurse, acting, browse, at):
    for days in (0, 13, 14):
        set_shift(
            nurse=nurse,
            on=at.date() + timedelta(days=days),
            starts=time(8),
            ends=time(16),
            by=acting(Role.SCHEDULER),
            at=at,
        )
    text = browse(Role.SCHEDULER).get(f"/workforce/{nurse.pk}/").content.decode()
    assert "24-Nov-2026" in text
    assert "07-Dec-2026" in text
    assert "08-Dec-2026" not in text


def test_setting_a_shift_again_replaces_it(nurse, acting, at):
    for hour in (8, 9):
        set_shift(nurse=nurse, on=at.date(), starts=time(hour), ends=time(16), by=acting(Role.SCHEDULER), at=at)
    assert Shift.objects.get().starts == time(9)


def test_a_nurse_manages_nobody(nurse, acting, browse, at):
    with pytest.raises(NotAllowed):
        add_nurse(name="X", site=nurse.site, by=acting(Role.NURSE), at=at)
    assert browse(Role.NURSE).post("/workforce/add/", {"name": "X", "credentials": "RN"}).status_code == 403


def test_a_shift_is_cancelled_once(nurse, acting, at):
    from openinfusion.apps.workforce.public import cancel_shift

    by = acting(Role.SCHEDULER)
    shift = set_shift(nurse=nurse, on=at.date(), starts=time(8), ends=time(16), by=by, at=at)
    cancel_shift(shift=shift, reason="ill", by=by, at=at)
    with pytest.raises(Refused):
        cancel_shift(shift=shift, reason="ill", by=by, at=at)
    assert nurse_of_user(0) is None


@pytest.mark.parametrize("path", ["98765/", "98765/licence/", "98765/shift/", "shifts/98765/cancel/"])
def test_what_is_not_there_is_not_found(site, browse, path):
    assert browse(Role.OPERATIONS).get(f"/workforce/{path}").status_code == 404


def test_the_list_makes_a_bounded_number_of_queries(site, acting, browse, at, django_assert_max_num_queries):
    for number in range(12):
        add_nurse(name=f"Nurse Testwell {number}", site=site, by=acting(Role.SCHEDULER), at=at)
    client = browse(Role.SCHEDULER)
    client.get("/workforce/")
    with django_assert_max_num_queries(30):
        client.get("/workforce/")
