"""The order check from outside: the command and the REST endpoint answer the published contract, case by case."""

import io
import json
import sys

import pytest
from django.test import Client
from support.people import make_person, make_program

from openinfusion.apps.pharmacy.public import ruleset_of
from openinfusion.core.orders.contract import answer_case
from openinfusion.platform.access.roles import Role
from openinfusion.platform.tenancy import scope
from openinfusion.project.command import main
from openinfusion.rulepacks.examples import example_case
from openinfusion.rulepacks.order_rules import proposed_rules

ANSWER_KEYS = {"id", "tier", "findings", "checked", "not_checked", "rules_version"}


@pytest.fixture
def case():
    return example_case("ceftriaxone")


def _run(capsys, *arguments):
    code = main(["verify-order", *map(str, arguments)])
    out = capsys.readouterr()
    return code, [json.loads(line) for line in out.out.splitlines()], out.err


def test_one_case_in_a_file_gets_one_answer(tmp_path, case, capsys):
    file = tmp_path / "case.json"
    file.write_text(json.dumps(case, indent=2))
    code, answers, _err = _run(capsys, file, "--rules", "proposed")
    assert code == 0
    assert set(answers[0]) == ANSWER_KEYS
    assert answers == [answer_case(case, proposed_rules())]
    assert answers[0]["rules_version"].endswith("proposed")


def test_lines_are_answered_in_order_and_a_bad_one_does_not_stop_the_rest(tmp_path, case, capsys):
    """Whatever the verdicts, the exit is 0 when every case was answered."""
    wrong = {**case, "id": "wrong", "order": {**case["order"], "dose": {"value": 2, "unit": "g"}}}
    extra = {**case, "id": "extra", "colour": "blue"}
    twice = '{"id": "twice", "id": "again"}'
    file = tmp_path / "cases.jsonl"
    lines = [
        json.dumps(case),
        json.dumps(wrong),
        "{not json",
        twice,
        json.dumps(extra),
        "",
        json.dumps({**case, "id": "last"}),
    ]
    file.write_text("\n".join(lines))
    code, answers, _err = _run(capsys, file, "--lines", "--rules", "proposed")
    assert code == 0
    assert [one["id"] for one in answers] == [case["id"], "wrong", None, None, "extra", "last"]
    assert answers[1]["error"].startswith("order.dose.value")
    assert answers[2]["error"].startswith("line 3")
    assert "id: this field is written twice" in answers[3]["error"]
    assert answers[4]["error"].startswith("colour")
    assert "tier" in answers[5]


@pytest.mark.parametrize("content", [b"", b"{not json", b"\xff\xfe\x00", b'{"id": NaN}', b"[" * 100_000])
def test_input_that_cannot_be_read_at_all_ends_with_two(tmp_path, capsys, content):
    file = tmp_path / "case.json"
    file.write_bytes(content)
    code, answers, err = _run(capsys, file, "--rules", "proposed")
    assert (code, answers) == (2, [])
    assert err


def test_a_missing_file_ends_with_two(tmp_path, capsys):
    assert _run(capsys, tmp_path / "nothing.json", "--rules", "proposed")[0] == 2


def test_standard_input(case, capsys, monkeypatch):
    stream = io.TextIOWrapper(io.BytesIO(json.dumps(case).encode()), encoding="utf-8")
    monkeypatch.setattr(sys, "stdin", stream)
    assert _run(capsys, "-", "--rules", "proposed")[1][0]["id"] == case["id"]


def test_without_proposed_only_the_rules_of_the_program_count(program, tmp_path, case, capsys):
    file = tmp_path / "case.json"
    file.write_text(json.dumps(case))
    code, answers, _err = _run(capsys, file, "--tenant", program.slug)
    assert code == 0
    assert answers == [answer_case(case, ruleset_of(program.pk))]
    assert "proposed" not in answers[0]["rules_version"]
    assert _run(capsys, file)[1] == answers
    assert _run(capsys, file, "--tenant", "nobody")[0] == 2


# -- REST -----------------------------------------------------------------------------------------------------------------

URL = "/api/orders/check"


def _post(client, body, query=""):
    return client.post(
        URL + query, data=body if isinstance(body, bytes) else json.dumps(body), content_type="application/json"
    )


def test_the_endpoint_answers_like_the_command(program, browse, case):
    client = browse(Role.PHARMACIST)
    assert _post(client, case).json() == answer_case(case, ruleset_of(program.pk))
    assert _post(client, case, "?rules=proposed").json() == answer_case(case, proposed_rules())


def test_the_endpoint_names_the_field_that_is_wrong(program, browse, case):
    answer = _post(browse(Role.PHARMACIST), {**case, "at": "yesterday"})
    assert answer.status_code == 200
    assert answer.json()["error"].startswith("at")
    assert _post(browse(Role.PHARMACIST), b"{").status_code == 400
    assert _post(browse(Role.PHARMACIST), case, "?rules=all").status_code == 400


def test_strangers_and_people_without_the_permission_get_no_answer(program, browse, case):
    assert _post(Client(), case).status_code == 401
    assert _post(browse(Role.PATIENT), case).status_code == 403
    assert _post(browse(Role.ADMINISTRATOR), case).status_code == 403
    assert browse(Role.PHARMACIST).get(URL).status_code == 405


def test_proposed_rules_count_only_in_a_demo_program(db, case):
    real = make_program("clinic")
    type(real).objects.filter(pk=real.pk).update(is_demo=False)
    with scope.tenant(real.pk):
        user = make_person(real, Role.PHARMACIST)
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert _post(client, case, "?rules=proposed").status_code == 409
    assert _post(client, case).status_code == 200


def test_a_session_from_another_site_is_refused(program, person, case):
    client = Client(enforce_csrf_checks=True)
    client.force_login(person(Role.PHARMACIST), backend="allauth.account.auth_backends.AuthenticationBackend")
    assert _post(client, case).status_code == 403
