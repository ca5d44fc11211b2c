"""The compounding bench: worksheet in order, lots from stock, a second person, a pharmacist's release with the label."""

import pytest

from openinfusion.apps.inventory.public import add_item, receive_stock, set_lot_status
from openinfusion.apps.pharmacy.models import Preparation
from openinfusion.apps.pharmacy.public import compiled, current_revision, plan_preparation, revise, start
from openinfusion.apps.pharmacy.services.labels import label_facts
from openinfusion.apps.pharmacy.services.preparations import category_key
from openinfusion.apps.pharmacy.services.worksheets import CHECKS, STEPS, categories
from openinfusion.core.beyond_use import Storage
from openinfusion.platform.access.roles import Role
from openinfusion.platform.audit.models import AuditEntry


@pytest.fixture
def order(make_episode, make_order, verify):
    return verify(make_order(make_episode()))


@pytest.fixture
def started(order, acting, at):
    by = acting(Role.TECHNICIAN)
    return start(preparation=plan_preparation(order=order, doses=7, by=by, at=at), by=by, at=at)


@pytest.fixture
def worksheet():
    row = next(one for one in categories() if one.lasts.get(Storage.REFRIGERATOR))
    return {
        **{f"step_{key}": "on" for key, _words in STEPS}, "lot_1": "lot-a", "count_1": "7", "used_1_0": "14", "used_1_1": "g",
        "category": category_key(row), "storage": "fridge_2_8c", "stability_hours": "24", "stability_source": "label section 16",
    }  # fmt: skip


CONFIRMED = {f"step_{key}": "on" for key, _words in CHECKS}


def _url(row, part=""):
    return f"/pharmacy/preparations/{row.pk}/{part}"


def test_the_whole_way_by_page(order, drug_lot, worksheet, browse, at):
    tech, pharmacist = browse(Role.TECHNICIAN), browse(Role.PHARMACIST)
    assert tech.get("/").url == "/pharmacy/preparations/"
    assert f"Plan doses of {order.number}" in tech.get("/pharmacy/preparations/").content.decode()
    assert tech.post(f"/pharmacy/orders/{order.pk}/prepare/", {"doses": "7"}).status_code == 302
    row = Preparation.objects.get()
    assert tech.post(_url(row, "start/")).status_code == 302
    sheet = tech.get(_url(row, "worksheet/")).content.decode()
    for words in ("LOT-A", "24 h at 2-8 C", "Anaphylaxis kit", "Needed", " 0.9"):
        assert words in sheet.replace("\u00a0", " "), words
    assert "checked" not in sheet
    assert tech.post(_url(row, "worksheet/"), worksheet).status_code == 302
    assert tech.post(_url(row, "check/"), CONFIRMED).status_code == 422
    assert b"A second person must check it" in tech.get(_url(row, "check/")).content
    assert pharmacist.post(_url(row, "check/"), CONFIRMED).status_code == 302
    assert pharmacist.get(_url(row, "label/")).status_code == 404
    assert pharmacist.post(_url(row, "release/")).status_code == 302
    row.refresh_from_db()
    assert row.status == "released"
    assert [step["step"] for step in row.worksheet["steps"]] == [key for key, _words in STEPS]
    assert row.worksheet["second_check"][0]["by"] == "Pharmacist Ficton"
    drug_lot.refresh_from_db()
    assert drug_lot.on_hand == 23
    page = tech.get(_url(row)).content.decode()
    assert "Show the label" in page
    assert "LOT-A" in page
    assert "14" in page


def test_the_label_is_a_pdf_shown_inline_or_downloaded_and_the_read_is_audited(started, drug_lot, worksheet, browse):
    tech, pharmacist = browse(Role.TECHNICIAN), browse(Role.PHARMACIST)
    tech.post(_url(started, "worksheet/"), worksheet)
    pharmacist.post(_url(started, "check/"), CONFIRMED)
    pharmacist.post(_url(started, "release/"))
    shown, saved = tech.get(_url(started, "label/")), tech.get(_url(started, "label/?download=1"))
    assert shown.content.startswith(b"%PDF")
    assert shown["Content-Disposition"].startswith("inline")
    assert saved["Content-Disposition"].startswith("attachment")
    assert AuditEntry.objects.filter(subject="documents.document", detail="pharmacy:label", action="read").count() == 2


def test_the_label_says_the_dose_for_this_patient_as_compiled(make_episode, make_order, verify, acting, at):
    order = verify(make_order(make_episode(), dose={"value": "25", "unit": "mg/kg"}, dose_basis="per_kg"))
    row = plan_preparation(order=order, doses=1, by=acting(Role.TECHNICIAN), at=at)
    label = compiled(current_revision(order), at=at).label
    said = label_facts(row, at=at)
    assert said["drug"] == label.lines[0]
    assert "2,000 mg" in said["drug"] or "2 g" in said["drug"]


def test_a_step_left_out_is_named_and_nothing_is_taken(started, drug_lot, worksheet, browse):
    page = browse(Role.TECHNICIAN).post(_url(started, "worksheet/"), {**worksheet, "step_garb": ""})
    form = page.context["form"]
    assert form.errors["step_garb"] == ["Do this step before the ones below it."]
    drug_lot.refresh_from_db()
    assert drug_lot.on_hand == 30


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"lot_1": "NOPE"}, "lot_1"),
        ({"count_1": ""}, "count_1"),
        ({"lot_2": "", "count_2": "3"}, "lot_2"),
        ({"wasted_1_0": "1", "wasted_1_1": "mg"}, "wasted_1"),
        ({"stability_source": ""}, "stability_source"),
        ({"category": "3|made up|row"}, "category"),
        ({"storage": ""}, "storage"),
        ({"used_1_1": ""}, "used_1"),
    ],
)
def test_each_problem_of_the_worksheet_stands_at_its_field(started, drug_lot, worksheet, browse, changes, field):
    page = browse(Role.TECHNICIAN).post(_url(started, "worksheet/"), worksheet | changes)
    assert page.status_code == 422
    assert field in page.context["form"].errors


def test_only_rows_of_the_table_that_were_verified_can_be_chosen():
    assert categories()
    assert all(row.may_be_proposed for row in categories())


def test_the_same_lot_twice_is_refused(started, drug_lot, worksheet, browse):
    page = browse(Role.TECHNICIAN).post(_url(started, "worksheet/"), worksheet | {"lot_2": "LOT-A", "count_2": "1"})
    assert b"The same lot stands here twice" in page.content


@pytest.mark.hazard("HZ-060")
def test_a_lot_in_quarantine_is_not_suggested_and_not_taken(started, drug_lot, worksheet, acting, browse, at):
    set_lot_status(lot=drug_lot, status="quarantined", reason="recall notice", by=acting(Role.PHARMACIST), at=at)
    tech = browse(Role.TECHNICIAN)
    assert b"LOT-A" not in tech.get(_url(started, "worksheet/")).content
    assert tech.post(_url(started, "worksheet/"), worksheet).status_code == 422


@pytest.mark.hazard("HZ-058")
def test_the_lot_of_another_drug_is_refused_by_page(started, drug_lot, worksheet, site, acting, browse, at):
    by = acting(Role.TECHNICIAN)
    other = add_item(fields={"kind": "drug", "name": "cefazolin 1 g vial", "therapy_id": "cefazolin"}, by=by, at=at)
    receive_stock(item=other, site=site, lot_number="OTHER", expires_on=drug_lot.expires_on, quantity=9, by=by, at=at)
    page = browse(Role.TECHNICIAN).post(_url(started, "worksheet/"), worksheet | {"lot_1": "OTHER"})
    assert page.status_code == 422
    assert b"is not the drug of this order" in page.content


def test_a_change_of_the_order_stops_the_work(started, drug_lot, worksheet, content, acting, browse, at):
    revise(
        order=started.revision.order,
        content=content | {"dose": {"value": "1", "unit": "g"}},
        reason="x",
        by=acting(Role.INTAKE),
        at=at,
    )
    page = browse(Role.TECHNICIAN).post(_url(started, "worksheet/"), worksheet)
    assert page.status_code == 422
    drug_lot.refresh_from_db()
    assert drug_lot.on_hand == 30


def test_rejecting_and_quarantine_need_what_was_seen(started, drug_lot, worksheet, browse):
    tech = browse(Role.TECHNICIAN)
    tech.post(_url(started, "worksheet/"), worksheet)
    assert tech.post(_url(started, "step/quarantine/"), {"note": ""}).status_code == 422
    assert tech.post(_url(started, "step/quarantine/"), {"note": "cloudy"}).status_code == 302
    assert tech.post(_url(started, "step/lift_quarantine/"), {"note": ""}).status_code == 403
    assert browse(Role.PHARMACIST).post(_url(started, "step/lift_quarantine/"), {"note": ""}).status_code == 302
    assert tech.post(_url(started, "step/reject/"), {"note": "cloudy again"}).status_code == 302
    assert tech.get(_url(started, "step/cancel/")).status_code == 409
    assert tech.get(_url(started, "step/explode/")).status_code == 404


@pytest.mark.parametrize("part", ["worksheet/", "check/"])
def test_a_step_in_the_wrong_state_is_refused_in_words(order, acting, browse, at, part):
    planned = plan_preparation(order=order, doses=1, by=acting(Role.TECHNICIAN), at=at)
    page = browse(Role.TECHNICIAN).get(_url(planned, part))
    assert page.status_code == 409
    assert b"This one is planned" in page.content


def test_doses_are_planned_only_from_a_verified_order(make_episode, make_order, browse):
    order = make_order(make_episode())
    assert browse(Role.TECHNICIAN).get(f"/pharmacy/orders/{order.pk}/prepare/").status_code == 409


@pytest.mark.parametrize(
    ("role", "part"), [(Role.NURSE, "worksheet/"), (Role.TECHNICIAN, "release/"), (Role.BILLER, "check/")]
)
def test_the_wrong_person_is_refused(started, browse, role, part):
    assert browse(role).post(_url(started, part)).status_code == 403


@pytest.mark.parametrize("part", ["", "worksheet/", "check/", "label/", "step/reject/"])
def test_a_preparation_that_is_not_there_is_not_found(program, site, browse, part):
    assert browse(Role.PHARMACIST).get(f"/pharmacy/preparations/98765/{part}").status_code == 404


def test_the_queue_makes_a_bounded_number_of_queries(
    make_episode, make_order, verify, acting, browse, at, django_assert_max_num_queries
):
    for number in range(8):
        order = verify(make_order(make_episode(number, f"Ficton{number}")))
        if number % 2:
            plan_preparation(order=order, doses=1, by=acting(Role.TECHNICIAN), at=at)
    client = browse(Role.TECHNICIAN)
    client.get("/pharmacy/preparations/")
    with django_assert_max_num_queries(32):
        client.get("/pharmacy/preparations/")
