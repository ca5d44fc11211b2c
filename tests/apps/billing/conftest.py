"""A billed course and its biller."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from support.billed_course import FIRST, Course

from openinfusion.apps.billing.public import draft_claim, send_claim
from openinfusion.platform.access.roles import Role


@pytest.fixture(autouse=True)
def _quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def biller(acting):
    return acting(Role.BILLER)


@pytest.fixture
def course(site, biller, at):
    return Course(site=site, by=biller, at=at)


@pytest.fixture
def draft(course, biller, at):
    """``draft()`` -> the claim of the first week."""

    def make(first: date = FIRST, days: int = 7, of: Course = course):
        return draft_claim(
            episode=of.episode, from_date=first, to_date=first + timedelta(days=days - 1), by=biller, at=at
        )

    return make


@pytest.fixture
def sent(course, draft, biller, at):
    """A claim of three signed days, sent."""
    for offset in range(3):
        course.visit(FIRST + timedelta(days=offset))
    claim = draft()
    send_claim(claim=claim, by=biller, at=at)
    claim.refresh_from_db()
    return claim
