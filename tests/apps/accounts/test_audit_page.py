"""The audit log page: the privacy officer finds who did what, sees no other program, and leaves a trace."""

from datetime import timedelta

import pytest
from support.people import make_program

from openinfusion.platform import audit
from openinfusion.platform.access import system_access
from openinfusion.platform.access.roles import Role
from openinfusion.platform.audit.models import AuditEntry
from openinfusion.platform.tenancy import scope

ADDRESS = "/administration/audit/"


@pytest.fixture
def entries(program, acting, at):
    rows = ((Role.NURSE, "read", 41, 0), (Role.PHARMACIST, "order.verified", 41, 2), (Role.NURSE, "read", 42, 5))
    for role, action, patient, days in rows:
        audit.record(
            by=acting(role), action=action, subject="patients.patient", patient_id=patient, at=at - timedelta(days=days)
        )


@pytest.mark.parametrize(
    ("query", "count"),
    [("", 3), ("person=nurse", 2), ("patient_id=41", 2), ("action=verified", 1), ("first=23-Nov-2026", 1), ("last=22-Nov-2026", 2),
     ("person=nurse&patient_id=42&first=19-Nov-2026&last=19-Nov-2026", 1)],
)  # fmt: skip
def test_the_log_is_found_by_person_patient_action_and_day(entries, browse, query, count):
    page = browse(Role.PRIVACY).get(f"{ADDRESS}?{query}").content.decode()
    assert page.count("patients.patient") == count


def test_the_privacy_officer_starts_here_and_looking_is_logged(entries, browse):
    client = browse(Role.PRIVACY)
    assert client.get("/").headers["Location"] == ADDRESS
    client.get(f"{ADDRESS}?patient_id=41")
    assert AuditEntry.objects.filter(action="read", subject="audit.auditentry", patient_id=41).count() == 1


def test_input_that_makes_no_sense_comes_back_in_words(entries, browse):
    answer = browse(Role.PRIVACY).get(f"{ADDRESS}?first=24-Nov-2026&last=01-Nov-2026")
    assert answer.status_code == 422 and "The end is before the start" in answer.content.decode()
    assert browse(Role.PRIVACY).get(f"{ADDRESS}?patient_id=x").status_code == 422


def test_pages_of_fifty_in_few_queries(program, acting, browse, at, django_assert_max_num_queries):
    audit.record_many(
        audit.Entry(by=acting(Role.NURSE), action="read", subject="patients.patient", at=at) for _ in range(120)
    )
    client = browse(Role.PRIVACY)
    with django_assert_max_num_queries(25):
        assert client.get(ADDRESS).content.decode().count("patients.patient") == 50
    assert client.get(f"{ADDRESS}?page=3").content.decode().count("patients.patient") >= 20


def test_entries_of_another_program_are_not_here(entries, browse):
    other = make_program("stranger")
    with scope.tenant(other.pk):
        audit.record(by=system_access(other.pk), action="read", subject="strange.thing")
    assert "strange.thing" not in browse(Role.PRIVACY).get(ADDRESS).content.decode()


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.OPERATIONS, Role.NURSE, Role.PATIENT])
def test_nobody_else_reads_the_log(browse, role):
    assert browse(role).get(ADDRESS).status_code == 403
