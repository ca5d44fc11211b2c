"""Rule book of unreadable input: a code and a sentence, nothing imported, never a traceback (HZ-098, RFC 8259)."""

from __future__ import annotations

import json

import pytest

from openinfusion.formats.fhir import json_text
from openinfusion.formats.referral import UnreadableReferral, read_referral

WRONG = {
    "empty file": (b"", "empty"),
    "blank file": (b" \n\t ", "empty"),
    "plain text": (b"please see attached", "unknown_format"),
    "pdf": (b"%PDF-1.7 ...", "pdf"),
    "zip": (b"PK\x03\x04...", "archive"),
    "gzip": (b"\x1f\x8b\x08...", "archive"),
    "hl7 v2": (b"MSH|^~\\&|A|B|", "hl7v2"),
    "x12": (b"ISA*00*", "x12"),
    "not utf-8": (b'{"resourceType": "Patient", "id": "\xff"}', "not_utf8"),
    "utf-16": ('{"resourceType": "Patient"}'.encode("utf-16"), "unknown_format"),
    "comment": (b'{"resourceType": "Patient" /* no */}', "not_json"),
    "single quotes": (b"{'resourceType': 'Patient'}", "not_json"),
    "two documents in one": (b'{"resourceType": "Patient"}{"resourceType": "Patient"}', "not_json"),
    "not a number": (b'{"resourceType": "Observation", "value": NaN}', "not_a_number"),
    "infinity": (b'{"resourceType": "Observation", "value": -Infinity}', "not_a_number"),
    "name twice": (b'{"resourceType": "Patient", "id": "1", "id": "2"}', "duplicate_key"),
    "endless number": (b'{"resourceType": "Observation", "value": ' + b"9" * 5000 + b"}", "bad_number"),
    "hostile exponent": (b'{"resourceType": "Coverage", "order": 1e999999999}', "bad_number"),
    "half a character": (b'{"resourceType": "Patient", "id": "\\ud800"}', "bad_text"),
    "half a character as a name": (b'{"resourceType": "Patient", "\\udc00": 1}', "bad_text"),
    "number": (b"[1]", "no_resources"),
    "empty list": (b"[]", "no_resources"),
    "some other JSON": (b'{"hello": "world"}', "not_fhir"),
    "type that is no text": (b'{"resourceType": 7}', "not_fhir"),
    "empty bundle": (b'{"resourceType": "Bundle", "type": "collection"}', "empty_bundle"),
    "bundle of nothing": (b'{"resourceType": "Bundle", "type": "collection", "entry": [{}]}', "empty_bundle"),
    "answer to a transaction": (
        b'{"resourceType": "Bundle", "type": "transaction-response", "entry": [{}]}',
        "bundle_type",
    ),
    "bundle without type": (b'{"resourceType": "Bundle", "entry": [{}]}', "bundle_type"),
    "about nobody": (b'{"resourceType": "Location", "name": "Ward 3"}', "no_patient"),
}


@pytest.mark.parametrize(("data", "code"), WRONG.values(), ids=WRONG.keys())
def test_wrong_input_gets_a_clear_error(data, code):
    with pytest.raises(UnreadableReferral) as refusal:
        read_referral(data)
    assert refusal.value.code == code
    assert refusal.value.message.endswith(".")


@pytest.mark.parametrize("share", [1, 10, 50, 90, 99])
def test_a_truncated_bundle_says_so(bundle, share):
    """Half a referral is not a shorter referral."""
    data = json.dumps(bundle).encode()
    with pytest.raises(UnreadableReferral) as refusal:
        read_referral(data[: len(data) * share // 100])
    assert refusal.value.code == "truncated"


@pytest.mark.hazard("HZ-098")
@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'[{"resourceType":'], ids=["lists", "objects", "both"])
def test_deep_json_is_refused_before_it_is_parsed(opening):
    """20 kB of brackets made stock servers answer 500 (hazards.csv HZ-098)."""
    with pytest.raises(UnreadableReferral) as refusal:
        read_referral(opening * 100_000)
    assert refusal.value.code == "too_deep"


@pytest.mark.hazard("HZ-098")
def test_an_oversized_file_is_refused(monkeypatch, bundle):
    data = json.dumps(bundle).encode()
    with pytest.raises(UnreadableReferral) as refusal:
        json_text.parse_json(data, max_bytes=len(data) - 1)
    assert refusal.value.code == "too_large"
    assert json_text.parse_json(data, max_bytes=len(data))["resourceType"] == "Bundle"


def test_brackets_inside_text_are_no_depth(bundle, read):
    bundle["entry"][0]["resource"]["name"][0]["text"] = "[" * 500 + '\\"{'
    assert read(bundle).patient.names[0].text.startswith("[[[")


def test_hostile_text_is_scanned_in_linear_time():
    """An unfinished string of escaped quotes must not be searched again from each quote."""
    with pytest.raises(UnreadableReferral) as refusal:
        read_referral(b'{"a": "' + b'\\"' * 1_000_000)
    assert refusal.value.code == "truncated"


def test_a_refusal_repeats_nothing_of_the_document():
    """No health information in exception texts."""
    with pytest.raises(UnreadableReferral) as refusal:
        read_referral(b'{"resourceType": "Patient", "Marion Sampleford": 1, "Marion Sampleford": 2}')
    assert "Sampleford" not in str(refusal.value)


def test_a_byte_order_mark_is_no_fault(bundle):
    data = b"\xef\xbb\xbf" + json.dumps(bundle).encode()
    assert read_referral(data).patient.names[0].family == "Sampleford"
