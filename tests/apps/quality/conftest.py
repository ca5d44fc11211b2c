"""A course of therapy and the people who tell how it went."""

from __future__ import annotations

import pytest
from support.billed_course import Course

from openinfusion.platform.access.roles import Role


@pytest.fixture(autouse=True)
def _quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def quality(acting):
    return acting(Role.QUALITY)


@pytest.fixture
def course(site, acting, at):
    return Course(site=site, by=acting(Role.BILLER), at=at)
