"""Rule packs on the page: active or not and why, two people, demo approvals in a demo program only, rows with sources."""

import pytest
from support.people import make_program

from openinfusion.platform.access.roles import Role
from openinfusion.platform.accounts.queries import pack_versions
from openinfusion.platform.accounts.web.rule_presenters import lacks, rows_of, state_of
from openinfusion.platform.rules.models import RuleApproval, RulePackVersion
from openinfusion.platform.rules.services import active_versions, propose, reject
from openinfusion.platform.tenancy import scope
from openinfusion.rulepacks import PACKS, pack

ADDRESS = "/administration/rules/therapies/"


def test_every_shipped_pack_is_listed_in_few_queries(browse, django_assert_max_num_queries):
    client = browse(Role.MEDICAL_DIRECTOR)
    assert client.get("/").headers["Location"] == "/administration/rules/"
    with django_assert_max_num_queries(20):
        page = client.get("/administration/rules/").content.decode()
    assert all(one.title in page for one in PACKS) and page.count("nobody has proposed it") == len(PACKS)


def test_two_people_make_a_pack_active_on_its_page(program, browse):
    first, second = browse(Role.PHARMACIST), browse(Role.QUALITY)
    assert first.post(f"{ADDRESS}propose/").status_code == 302
    version = RulePackVersion.objects.get()
    assert "waits for two approvals" in first.get(ADDRESS).content.decode()
    first.post(f"{ADDRESS}{version.pk}/approve/")
    page = first.get(ADDRESS).content.decode()
    assert "You have approved this version already" in page and "waits for a second approval" in page
    assert active_versions(program.pk) == {}
    second.post(f"{ADDRESS}{version.pk}/approve/")
    assert active_versions(program.pk)["therapies"].pk == version.pk
    page = first.get(ADDRESS).content.decode()
    assert "demo approval" in page and "none: the active version is the shipped one" in page


def test_an_approval_in_a_demo_program_is_marked_and_in_another_it_is_not(program, browse):
    version = _proposed(browse)
    browse(Role.PHARMACIST).post(f"{ADDRESS}{version.pk}/approve/")
    assert RuleApproval.objects.get().is_demo is True


def test_an_approval_in_a_real_program_is_a_real_one(program, browse):
    program.is_demo = False
    program.save()
    version = _proposed(browse)
    browse(Role.PHARMACIST).post(f"{ADDRESS}{version.pk}/approve/")
    assert RuleApproval.objects.get().is_demo is False


@pytest.mark.hazard("HZ-124")
def test_the_same_person_does_not_approve_twice(program, browse):
    version = _proposed(browse)
    client = browse(Role.PHARMACIST)
    client.post(f"{ADDRESS}{version.pk}/approve/")
    answer = client.post(f"{ADDRESS}{version.pk}/approve/", follow=True)
    assert "a second person must approve it" in answer.content.decode()
    assert active_versions(program.pk) == {} and RuleApproval.objects.count() == 1


def _proposed(browse) -> RulePackVersion:
    browse(Role.PHARMACIST).post(f"{ADDRESS}propose/")
    return RulePackVersion.objects.get()


def test_other_bytes_than_the_approved_ones_are_not_active(program, acting, at):
    shipped = pack("therapies")
    RulePackVersion.objects.create(
        pack_id="therapies", version="2025.1", content_hash="0" * 64, status="active", proposed_at=at, active_from=at
    )
    found = pack_versions(by=acting(Role.PHARMACIST))["therapies"]
    assert state_of(shipped, found)[1:] == (
        "Not active",
        "the shipped content differs from the approved one: propose it",
    )
    version = propose(pack_id="therapies", by=acting(Role.PHARMACIST), at=at)
    reject(version=version, by=acting(Role.PHARMACIST), at=at)
    assert state_of(shipped, pack_versions(by=acting(Role.PHARMACIST))["therapies"])[0] == "blocked"


def test_the_difference_from_the_active_version_is_shown_by_hash(program, browse, at):
    RulePackVersion.objects.create(
        pack_id="therapies", version="2025.1", content_hash="0" * 64, status="active", proposed_at=at
    )
    page = browse(Role.QUALITY).get(ADDRESS).content.decode()
    assert f"other content: active 000000000000, shipped {pack('therapies').content_hash[:12]}" in page


def test_rows_show_source_grade_and_what_is_missing(browse):
    client = browse(Role.PHARMACIST)
    page = client.get("/administration/rules/interactions/rows/?table=interactions").content.decode()
    assert "interactions:" in page and "What is missing" in page
    lacking = rows_of("interactions", lacking=True)
    assert all(lacks(row) for row in lacking)
    assert all(
        not lacks(row) or not row.sources for row in rows_of("interactions", lacking=False) if row.may_be_proposed
    )
    assert client.get("/administration/rules/interactions/rows/?show=lacking").status_code == 200
    assert client.get("/administration/rules/dosing/rows/").status_code == 200


@pytest.mark.parametrize(
    "address", ["/administration/rules/nothing/", "/administration/rules/therapies/rows/?table=sources"]
)
def test_an_unknown_pack_or_table_is_not_found(browse, address):
    assert browse(Role.PHARMACIST).get(address).status_code == 404


def test_who_may_not_propose_or_approve_is_refused(program, browse):
    version = _proposed(browse)
    assert browse(Role.TECHNICIAN).post(f"{ADDRESS}propose/").status_code == 403
    assert browse(Role.ADMINISTRATOR).post(f"{ADDRESS}{version.pk}/approve/").status_code == 403
    assert browse(Role.PATIENT).get(ADDRESS).status_code == 403
    assert "may not propose" in browse(Role.BILLER).get(ADDRESS).content.decode()


def test_a_version_of_another_program_is_out_of_reach(browse, at):
    other = make_program("stranger")
    with scope.tenant(other.pk):
        theirs = RulePackVersion.objects.create(
            pack_id="therapies",
            version="1",
            content_hash=pack("therapies").content_hash,
            status="proposed",
            proposed_at=at,
        )
    client = browse(Role.PHARMACIST)
    assert client.post(f"{ADDRESS}{theirs.pk}/approve/").status_code == 404
    assert client.post(f"{ADDRESS}{theirs.pk}/reject/").status_code == 404
