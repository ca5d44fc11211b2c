"""``receive(content)``: a referral taken in by the intake coordinator."""

from __future__ import annotations

from typing import Any

import pytest
from support.referral_cases import JSON

from openinfusion.apps.intake.public import receive_referral
from openinfusion.platform.access.roles import Role


@pytest.fixture
def receive(acting, at, site):
    """``receive(content)`` -> the one referral; ``by``, ``site``, ``file_name`` may be given."""

    def get(content: bytes, **changed: Any):
        sent = {
            "file_name": "referral.json", "content_type": JSON, "channel": "upload", "site": site,
            "by": acting(Role.INTAKE), "at": at, **changed,
        }  # fmt: skip
        (referral,) = receive_referral(content, **sent)
        return referral

    return get
