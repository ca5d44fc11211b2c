"""A complete Bundle as plain JSON to change, and a reader for it."""

from __future__ import annotations

import json

import pytest

from openinfusion.demo_data.referrals import load_referral
from openinfusion.formats.referral import read_referral


@pytest.fixture
def bundle():
    """The ceftriaxone referral: a transaction with urn:uuid references."""
    return json.loads(load_referral("ceftriaxone"))


@pytest.fixture
def read():
    """Read plain JSON as a referral."""
    return lambda document: read_referral(json.dumps(document).encode())


@pytest.fixture
def resource_of(bundle):
    """The first resource of a type in the bundle, to change in place."""

    def find(kind, position=0):
        return [entry["resource"] for entry in bundle["entry"] if entry["resource"]["resourceType"] == kind][position]

    return find


@pytest.fixture
def rules():
    """The rules a package reports, without the plain "not understood"."""
    return lambda package: [item.rule for item in package.findings if item.rule != "fhir.not_understood"]
