"""Shared fixtures: where the third-party samples are, and the hazard switch of the trace run."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from openinfusion.core import controls

REPOSITORY = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("OPENINFUSION_SHARED", REPOSITORY.parent / "shared"))

if hazard := os.environ.get("OPENINFUSION_TEST_CONTROL_OFF"):
    controls.switch_off(hazard)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with the third-party samples and benchmark instances."""
    if not SHARED.is_dir():
        pytest.skip("the shared folder with third-party samples is not beside this checkout")
    return SHARED


@pytest.fixture(autouse=True)
def _plain_settings(settings):
    """Pages in tests need no collected static files, and test people no slow password hash."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
