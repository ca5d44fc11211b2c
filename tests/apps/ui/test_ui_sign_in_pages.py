"""Sign-in, second factor and password pages are drawn by the design system and carry no inline code."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ui_urls")]


@pytest.mark.parametrize(
    ("address", "heading"),
    [
        ("/accounts/login/", "Sign in"),
        ("/accounts/password/reset/", "Forgotten password"),
        ("/accounts/password/reset/done/", "Look in your mail"),
        ("/accounts/inactive/", "Account Inactive"),
    ],
)
def test_entrance_pages_are_ours(client: Client, address: str, heading: str) -> None:
    html = client.get(address).content.decode()
    assert f"<h1>{heading}</h1>" in re.sub(r"\s+(?=<)|(?<=>)\s+", "", html)
    assert "ui/components.css" in html
    assert 'class="skip"' in html
    assert not re.search(r"\sstyle=|\son[a-z]+=", html)


def test_a_wrong_password_is_one_problem_and_keeps_the_address(client: Client) -> None:
    html = client.post("/accounts/login/", {"login": "nobody@example.org", "password": "x"}).content.decode()
    assert "There is 1 problem" in html
    assert 'value="nobody@example.org"' in html
    assert "<title>Error: Sign in" in html


def test_every_field_of_the_sign_in_form_has_a_label(client: Client) -> None:
    html = client.get("/accounts/login/").content.decode()
    labels = set(re.findall(r'<label[^>]* for="([^"]+)"', html))
    for name in re.findall(r'<input[^>]* id="(id_[^"]+)"', html):
        assert name in labels


def test_the_passkey_script_is_a_file_and_its_data_is_json(client: Client, settings: Any) -> None:
    html = client.get("/accounts/login/").content.decode()
    for tag in re.findall(r"<script[^>]*>", html):
        assert "src=" in tag or 'type="application/json"' in tag
