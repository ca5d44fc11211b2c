"""Password guessing (HZ-091): few tries, then a wait; an unknown person gets the very same answers."""

import re

import pytest
from django.core.cache import cache
from django.test import Client
from support.people import PASSWORD

from openinfusion.platform.access.roles import Role

TRIES = 20


@pytest.fixture(autouse=True)
def _no_memory():
    """Earlier tries of other tests do not count."""
    cache.clear()
    yield
    cache.clear()


def answers(email: str) -> list[tuple[int, str]]:
    """Status and words of each of ``TRIES`` wrong sign-ins."""
    client = Client()
    found = []
    for number in range(TRIES):
        answer = client.post("/account/login/", {"login": email, "password": f"wrong {number}"})
        words = re.sub(r"<[^>]+>", " ", answer.content.decode())
        found.append((answer.status_code, " ".join(words.replace(email, "").split())))
    return found


@pytest.mark.hazard("HZ-091")
def test_guessing_stops_and_says_nothing_about_who_exists(person):
    known = answers(person(Role.NURSE).email)
    cache.clear()
    unknown = answers("nobody@juniper.example")
    assert known == unknown
    assert known[0] != known[-1] and "Too many" in known[-1][1]


@pytest.mark.hazard("HZ-091")
def test_while_throttled_even_the_right_password_does_not_open(person):
    email = person(Role.NURSE).email
    answers(email)
    client = Client()
    client.post("/account/login/", {"login": email, "password": PASSWORD})
    assert "_auth_user_id" not in client.session


def test_the_right_password_opens_without_earlier_tries(person):
    client = Client()
    answer = client.post("/account/login/", {"login": person(Role.NURSE).email, "password": PASSWORD})
    assert answer.status_code == 302 and "_auth_user_id" in client.session
