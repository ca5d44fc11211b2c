"""The same door by REST and by command: the same answers, the same refusals, in words."""

import argparse
import json

import pytest
from django.test import Client
from support.referral_cases import PERSON, bundle

from openinfusion.apps.intake.models import Referral
from openinfusion.apps.patients.public import Patient
from openinfusion.demo_data.referrals import load_referral
from openinfusion.platform.access.roles import Role
from openinfusion.platform.tenancy.models import Site
from openinfusion.project.command import run_refusable
from openinfusion.project.commands import import_referral

FHIR = "application/fhir+json"


def test_a_posted_referral_is_answered_with_what_is_missing(browse, site):
    answer = browse(Role.INTAKE).post("/api/referrals", load_referral("milrinone"), content_type=FHIR)
    (row,) = answer.json()
    assert answer.status_code == 200
    assert (row["therapy"], row["completeness_score"], row["missing"], row["status"]) == (
        "milrinone",
        100,
        [],
        "received",
    )
    assert row["number"] == Referral.objects.get().number
    assert Referral.objects.get().channel == "api"
    again = browse(Role.INTAKE).post("/api/referrals", load_referral("milrinone"), content_type=FHIR)
    assert again.json() == [row]
    assert Referral.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        (b"", 400, "empty"),
        (b"{", 400, "Send"),
        (b"[" * 50_000, 400, "nested deeper"),
        (bundle({**PERSON, "id": "p2"}), 400, "more than one patient"),
        (bundle(birthDate="2030-01-01"), 400, "future"),
    ],
)
def test_what_cannot_be_used_is_refused_in_words(browse, site, body, status, says):
    answer = browse(Role.INTAKE).post("/api/referrals", body, content_type=FHIR)
    assert answer.status_code == status
    assert says in answer.json()["message"]
    assert not Referral.objects.exists()
    assert not Patient.objects.exists()


def test_an_oversized_body_is_answered_413_in_json(browse, site, settings):
    settings.UPLOAD_LIMIT_BYTES = settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    answer = browse(Role.INTAKE).post("/api/referrals", b" " * 2000, content_type=FHIR)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize("role", [Role.NURSE, Role.PATIENT, Role.BILLER])
def test_roles_without_the_permission_are_refused(browse, site, role):
    answer = browse(role).post("/api/referrals", load_referral("tpn"), content_type=FHIR)
    assert answer.status_code == 403
    assert not Referral.objects.exists()


def test_strangers_and_forged_requests_are_refused(client, person, site):
    assert client.post("/api/referrals", b"{}", content_type=FHIR).status_code == 401
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(person(Role.INTAKE), backend="allauth.account.auth_backends.AuthenticationBackend")
    assert strict.post("/api/referrals", load_referral("tpn"), content_type=FHIR).status_code == 403
    assert not Referral.objects.exists()


def test_only_the_declared_verb_answers(browse, site):
    assert browse(Role.INTAKE).get("/api/referrals").status_code == 405


def test_other_addresses_of_the_interface_stay_closed(browse, site):
    assert browse(Role.INTAKE).get("/api/openapi.json").status_code == 403


def test_with_several_sites_the_sender_names_one(browse, site):
    Site.objects.create(name="Decatur", time_zone="America/Denver")
    intake = browse(Role.INTAKE)
    unnamed = intake.post("/api/referrals", load_referral("tpn"), content_type=FHIR)
    assert unnamed.status_code == 400
    assert "Decatur, Springfield" in unnamed.json()["message"]
    assert intake.post("/api/referrals?site=decatur", load_referral("tpn"), content_type=FHIR).status_code == 200


# -- Command -----------------------------------------------------------------------------------------------------------


def _run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    import_referral.register(parser.add_subparsers(required=True))
    return run_refusable(parser.parse_args(["import-referral", *arguments]))


def test_a_file_by_command(site, tmp_path, capsys):
    path = tmp_path / "referral.json"
    path.write_bytes(load_referral("infliximab"))
    assert _run(str(path)) == 0
    said = capsys.readouterr().out
    assert "DEMO-R-000001: infliximab, 100 percent complete, 1 findings, new patient" in said
    assert Referral.objects.get().channel == "command"
    assert _run(str(path), "--json") == 0
    (row,) = json.loads(capsys.readouterr().out)["referrals"]
    assert row["number"] == "DEMO-R-000001"
    assert Referral.objects.count() == 1


def test_a_folder_by_command_tells_who_was_not_taken_in(site, tmp_path, capsys):
    unborn = {**PERSON, "id": "p2", "birthDate": "2030-01-01"}
    (tmp_path / "Patient.ndjson").write_text(f"{json.dumps(PERSON)}\n{json.dumps(unborn)}\n")
    assert _run(str(tmp_path)) == 1
    said = capsys.readouterr()
    assert "1 received, 1 not taken in" in said.out
    assert "lies in the future" in said.err
    assert Patient.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "arguments"), [(b"hello", ()), (b"{}", ("--site", "Nowhere")), (b"{}", ("--tenant", "nobody"))]
)
def test_input_that_cannot_be_used_exits_with_2(site, tmp_path, capsys, content, arguments):
    path = tmp_path / "referral.json"
    path.write_bytes(content)
    assert _run(str(path), *arguments) == 2
    assert capsys.readouterr().err
    assert not Referral.objects.exists()


def test_a_file_that_is_not_there_exits_with_2(site, tmp_path, capsys):
    assert _run(str(tmp_path / "none.json")) == 2
    assert "cannot be read" in capsys.readouterr().err
