"""The shipped therapy table, and a complete demo referral to take things out of."""

from __future__ import annotations

import pytest

from openinfusion.core.referrals import read_therapies
from openinfusion.demo_data.referrals import load_referral
from openinfusion.formats.referral import read_referral
from openinfusion.rulepacks.tables import load_table


@pytest.fixture(scope="session")
def therapies():
    return read_therapies(row.fields for row in load_table("therapies"))


@pytest.fixture(scope="session")
def ceftriaxone():
    return read_referral(load_referral("ceftriaxone")).patient
