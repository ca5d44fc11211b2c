"""The spine: scope, audit chain, events, append-only guards."""

import json

import pytest
from django.db import DatabaseError, transaction

from openinfusion.platform import audit, events
from openinfusion.platform.access.roles import Role
from openinfusion.platform.audit.models import AuditEntry
from openinfusion.platform.events.models import DomainEvent
from openinfusion.platform.tenancy import guards, scope
from openinfusion.platform.tenancy.models import Site
from openinfusion.platform.worklist.services import close_task, open_task


def test_without_a_program_in_scope_no_row_can_be_read(db):
    with pytest.raises(scope.NoTenantInScope):
        Site.objects.count()


@pytest.mark.hazard("HZ-107")
@pytest.mark.parametrize("tamper", ["flip", "delete", "swap", "cut"])
def test_every_kind_of_tampering_with_the_audit_log_is_found(program, system, tmp_path, tamper):
    for number in range(6):
        audit.record(by=system, action="read", subject="patients.patient", patient_id=number)
    anchors = tmp_path / "anchors.jsonl"
    audit.anchor(anchors=anchors)
    assert audit.verify(tenant_id=program.pk, anchors=anchors).faults == ()
    with transaction.atomic():
        guards.lift()
        rows = AuditEntry.objects.order_by("sequence")
        if tamper == "flip":
            AuditEntry.objects.filter(sequence=3).update(user_name="somebody else")
        elif tamper == "delete":
            AuditEntry.objects.filter(sequence=3).delete()
        elif tamper == "swap":
            third, fourth = rows[2], rows[3]
            AuditEntry.objects.filter(pk=third.pk).update(patient_id=fourth.patient_id)
            AuditEntry.objects.filter(pk=fourth.pk).update(patient_id=third.patient_id)
        else:
            _cut_tail_and_move_head(program)
    assert audit.verify(tenant_id=program.pk, anchors=anchors).faults


def _cut_tail_and_move_head(program):
    from openinfusion.platform.audit.models import AuditHead

    AuditEntry.objects.filter(sequence__gt=4).delete()
    AuditHead.objects.filter(tenant=program).update(sequence=4, hash=AuditEntry.objects.get(sequence=4).hash)


def test_the_database_itself_refuses_to_change_an_event(program, system, site, at):
    with transaction.atomic():
        open_task(key="k", title="Call back", owner_role=Role.NURSE, due_at=at, by=system, at=at, subject=site)
    with pytest.raises(DatabaseError), transaction.atomic():
        DomainEvent.objects.update(kind="task.completed")


def test_opening_the_same_cause_twice_opens_one_task(program, system, site, at):
    first = open_task(key="k", title="Call back", owner_role=Role.NURSE, due_at=at, by=system, at=at, subject=site)
    again = open_task(key="k", title="Call back", owner_role=Role.NURSE, due_at=at, by=system, at=at, subject=site)
    assert first == again
    close_task(task=first, by=system, at=at, outcome="called")
    assert [event.kind for event in DomainEvent.objects.order_by("id")] == ["task.opened", "task.completed"]


def test_an_event_outside_a_transaction_is_refused(program, system, site, at, transactional_db):
    with pytest.raises(RuntimeError):
        events.record(kind="task.opened", subject=site, by=system, at=at)


def test_anchor_lines_name_program_and_link(program, system, tmp_path):
    audit.record(by=system, action="read", subject="x")
    audit.anchor(anchors=tmp_path / "a.jsonl")
    assert json.loads((tmp_path / "a.jsonl").read_text())["sequence"] == 1
