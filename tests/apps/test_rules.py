"""Rule packs: two named people, one with the role the pack names, the same bytes (HZ-124)."""

import pytest

from openinfusion.platform.access.roles import Role
from openinfusion.platform.errors import NotAllowed, Refused
from openinfusion.platform.rules.models import RuleApproval, RulePackVersion
from openinfusion.platform.rules.services import active_versions, approve, propose


def test_two_people_make_a_pack_active(program, acting, at):
    version = propose(pack_id="therapies", by=acting(Role.PHARMACIST), at=at)
    assert approve(version=version, by=acting(Role.QUALITY), at=at).status == "first_approved"
    assert active_versions(program.pk) == {}
    approve(version=version, by=acting(Role.PHARMACIST), at=at)
    assert active_versions(program.pk)["therapies"].pk == version.pk
    assert RuleApproval.objects.count() == 2


@pytest.mark.hazard("HZ-124")
def test_one_person_cannot_approve_twice(program, acting, at):
    version = propose(pack_id="therapies", by=acting(Role.PHARMACIST), at=at)
    approve(version=version, by=acting(Role.PHARMACIST), at=at)
    with pytest.raises(Refused, match="same_person"):
        approve(version=version, by=acting(Role.PHARMACIST), at=at)


def test_one_approval_must_come_from_the_role_the_pack_names(program, acting, at):
    version = propose(pack_id="therapies", by=acting(Role.PHARMACIST), at=at)
    approve(version=version, by=acting(Role.QUALITY), at=at)
    with pytest.raises(Refused, match="role_needed"):
        approve(version=version, by=acting(Role.NURSE), at=at)


def test_a_biller_does_not_propose(program, acting, at):
    with pytest.raises(NotAllowed):
        propose(pack_id="therapies", by=acting(Role.BILLER), at=at)


def test_changed_bytes_are_another_version(program, acting, at):
    version = propose(pack_id="therapies", by=acting(Role.PHARMACIST), at=at)
    RulePackVersion.objects.filter(pk=version.pk).update(content_hash="0" * 64)
    with pytest.raises(Refused, match="pack_changed"):
        approve(version=version, by=acting(Role.PHARMACIST), at=at)
