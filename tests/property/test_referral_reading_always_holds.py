"""What must hold for every referral: a package or a clear error, nothing dropped, order irrelevant, digits kept."""

from __future__ import annotations

import copy
import json
from dataclasses import fields, is_dataclass
from decimal import Decimal

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from openinfusion.core.referrals import MeasurementKind, ReferralPackage
from openinfusion.demo_data.referrals import THERAPY_IDS, load_referral
from openinfusion.formats.fhir.reader import MAPPED
from openinfusion.formats.referral import UnreadableReferral, read_referral

BUNDLES = {therapy_id: json.loads(load_referral(therapy_id)) for therapy_id in THERAPY_IDS}
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 10**18) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
FRUGAL = settings(max_examples=30, deadline=None)


def places(value, path=()):
    """Every place in a JSON document, as a path of names and positions."""
    yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from places(inner, (*path, key))
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from places(inner, (*path, position))


PLACES = {therapy_id: list(places(bundle))[1:] for therapy_id, bundle in BUNDLES.items()}


def parent(document, path):
    for step in path[:-1]:
        document = document[step]
    return document


def outcome(data):
    """A package, or None for a refusal with a code and a sentence. Anything else is a fault."""
    try:
        package = read_referral(data)
    except UnreadableReferral as error:
        refusal = error
    else:
        assert isinstance(package, ReferralPackage)
        return package
    assert refusal.code
    assert refusal.message.endswith(".")
    return None


@FRUGAL
@given(data=st.data(), therapy_id=st.sampled_from(THERAPY_IDS))
def test_any_value_in_any_place_is_read_or_refused(data, therapy_id):
    """A sender's system may put anything anywhere: no traceback, whatever it is."""
    document = copy.deepcopy(BUNDLES[therapy_id])
    path = data.draw(st.sampled_from(PLACES[therapy_id]))
    parent(document, path)[path[-1]] = data.draw(ANY_JSON)
    outcome(json.dumps(document).encode())


@FRUGAL
@given(data=st.data(), therapy_id=st.sampled_from(THERAPY_IDS))
def test_anything_may_be_missing(data, therapy_id):
    """Losing one element never invents another: at most the same facts remain."""
    document = copy.deepcopy(BUNDLES[therapy_id])
    path = data.draw(st.sampled_from(PLACES[therapy_id]))
    del parent(document, path)[path[-1]]
    package = outcome(json.dumps(document).encode())
    if package is not None:
        counts = dict(package.resource_counts)
        assert len(package.patient.orders) <= counts.get("MedicationRequest", 0)
        assert len(package.patient.allergies) <= counts.get("AllergyIntolerance", 0)


@FRUGAL
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(noise):
    outcome(noise)


@FRUGAL
@given(therapy_id=st.sampled_from(THERAPY_IDS), share=st.floats(0, 0.999))
def test_a_cut_file_is_always_refused(therapy_id, share):
    """No part of a referral passes for the whole."""
    data = load_referral(therapy_id).rstrip()
    assert outcome(data[: int(len(data) * share)]) is None


@FRUGAL
@given(
    data=st.data(),
    therapy_id=st.sampled_from(THERAPY_IDS),
    name=st.from_regex(r"x[a-z]{3,8}", fullmatch=True),
    value=st.text(min_size=1, max_size=5) | st.integers() | st.booleans(),
)
def test_an_unknown_element_anywhere_is_listed(data, therapy_id, name, value):
    """Nothing is dropped silently: what we never heard of is in the findings with its path."""
    document = copy.deepcopy(BUNDLES[therapy_id])
    position = data.draw(st.sampled_from(range(len(document["entry"]))))
    resource = document["entry"][position]["resource"]
    assume(resource["resourceType"] in MAPPED | {"Patient"})
    objects = [path for path in places(resource) if isinstance(_at(resource, path), dict)]
    path = data.draw(st.sampled_from(objects))
    _at(resource, path)[name] = value
    package = read_referral(json.dumps(document).encode())
    subject = f"entry[{position}].resource" + "".join(
        f"[{step}]" if isinstance(step, int) else f".{step}" for step in (*path, name)
    )
    told = [item.subject for item in package.findings]
    assert any(subject == item or subject.startswith((f"{item}.", f"{item}[")) for item in told), subject


def _at(document, path):
    for step in path:
        document = document[step]
    return document


@settings(max_examples=20, deadline=None)
@given(therapy_id=st.sampled_from(THERAPY_IDS), random=st.randoms(use_true_random=False))
def test_the_order_of_entries_is_irrelevant(therapy_id, random):
    """The same facts in another order are the same referral."""
    document = copy.deepcopy(BUNDLES[therapy_id])
    random.shuffle(document["entry"])
    shuffled = read_referral(json.dumps(document).encode()).patient
    assert _facts(shuffled) == _facts(read_referral(load_referral(therapy_id)).patient)


def _facts(value):
    """Everything said, without the paths where it stood and without order."""
    if is_dataclass(value):
        return tuple(_facts(getattr(value, item.name)) for item in fields(value) if item.name != "path")
    if isinstance(value, tuple):
        return tuple(sorted((_facts(item) for item in value), key=repr))
    return value


@FRUGAL
@given(st.decimals(min_value=Decimal("0.001"), max_value=Decimal(400), places=3))
def test_a_weight_keeps_every_digit(weight):
    """Decimals come back as they were written, trailing zeros included."""
    text = json.dumps(BUNDLES["ceftriaxone"]).replace("70.4", str(weight))
    found = next(
        item for item in read_referral(text.encode()).patient.measurements if item.kind is MeasurementKind.WEIGHT
    )
    assert (found.value, found.value_text) == (weight, str(weight))


@FRUGAL
@given(st.text(alphabet="<>/abc =\"'&;![]-\n", max_size=60))
def test_any_markup_is_read_or_refused(markup):
    outcome(f'<ClinicalDocument xmlns="urn:hl7-org:v3">{markup}</ClinicalDocument>'.encode())
