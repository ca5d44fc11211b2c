"""The JSON reader and its published schema say yes and no to the same events, and nothing crashes it."""

from __future__ import annotations

import copy
import json
from decimal import Decimal

import jsonschema
from hypothesis import given, settings
from hypothesis import strategies as st

from openinfusion.formats import device_json
from openinfusion.formats.device_json import JsonError
from openinfusion.rulepacks import devices

VOCABULARY = devices.load().vocabulary
SCHEMA = jsonschema.Draft202012Validator(device_json.schema())
QUICK = settings(max_examples=60, deadline=None)

WHOLE = {
    "type": "alarm",
    "device": "0200000000000001",
    "boot": 1,
    "sequence": 7,
    "device_time": "2026-09-26T14:00:00Z",
    "sender": "HUB",
    "patient": {"id": "P1", "authority": "A"},
    "observations": [{"code": 157784, "name": "MDC_FLOW_FLUID_PUMP", "value": 12, "unit": "mL/h"}],
    "alarm": {"code": 196940, "name": "MDC_EVT_FLUID_LINE_OCCL", "phase": "start", "state": "active"},
}
VALUES = [
    None, True, -1, 0, 1, 10**10, 10**17, "", "x", "x" * 201, "a\x00b", "\ud800", [], {}, [1], {"id": ""},
    {"id": "P", "extra": 1}, "observation", "event", "alarm", "start", "end", "inactive", "high", "PH", "ST",
    "1.1.2.1", "1.", "mL/h", "2026-09-26T14:00:00.5-05:00", "2026-09-26T14:00:00",
]  # fmt: skip
EVENT_KEYS = [*WHOLE, "id", "odd"]
INNER_KEYS = [
    "code", "name", "value", "unit", "containment", "phase", "state", "priority", "kind", "text", "source",
    "alert_id", "inactivation", "odd",
]  # fmt: skip
PLACES = st.one_of(
    st.tuples(st.just("event"), st.sampled_from(EVENT_KEYS)),
    st.tuples(st.sampled_from(["alarm", "observation"]), st.sampled_from(INNER_KEYS)),
)
CHANGES = st.lists(st.tuples(PLACES, st.one_of(st.just("drop"), st.sampled_from(VALUES))), max_size=2)


def changed(changes):
    """A whole event with a few places dropped or set to something odd."""
    event = copy.deepcopy(WHOLE)
    for (where, key), value in changes:
        target = event
        if where == "alarm":
            target = event.get("alarm")
        elif where == "observation":
            listed = event.get("observations")
            target = listed[0] if isinstance(listed, list) and listed else None
        if not isinstance(target, dict):
            continue
        if value == "drop":
            target.pop(key, None)
        else:
            target[key] = value
    if event.get("type") in ("observation", "event"):
        event.pop("alarm", None)
    return event


EVENT = CHANGES.map(changed)


def is_read(event):
    try:
        device_json.read_report(event, vocabulary=VOCABULARY)
    except JsonError:
        return False
    return True


def test_reader_and_schema_agree_on_every_single_change():
    """Each place of an event dropped or set to each odd value."""
    places = [("event", key) for key in EVENT_KEYS]
    places += [(where, key) for where in ("alarm", "observation") for key in INNER_KEYS]
    for place in places:
        for value in ["drop", *VALUES]:
            event = changed([(place, value)])
            assert is_read(event) == SCHEMA.is_valid(event), (place, value)


@QUICK
@given(EVENT)
def test_reader_and_schema_agree(event):
    assert is_read(event) == SCHEMA.is_valid(event)


@QUICK
@given(EVENT.filter(is_read))
def test_the_order_of_keys_does_not_make_another_event(event):
    turned = {key: event[key] for key in reversed(list(event))}
    assert device_json.canonical(event) == device_json.canonical(turned)
    stored = device_json.read_body(device_json.canonical(event), max_bytes=10_000)[0]
    again = device_json.read_report(stored.canonical, vocabulary=VOCABULARY)
    assert again == device_json.read_report(event, vocabulary=VOCABULARY)


@QUICK
@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**11), max_value=10**11, places=4))
def test_every_digit_of_a_number_survives(number):
    raw = device_json.canonical({"value": number})
    assert json.loads(raw, parse_float=Decimal, parse_int=Decimal)["value"] == number
    assert device_json.read_body(raw, max_bytes=1000)[0].value == {"value": number}


@QUICK
@given(st.one_of(st.binary(max_size=60), st.text(alphabet='{}[]",:0123456789e.-tru\\ ', max_size=60).map(str.encode)))
def test_no_bytes_crash_the_reader(raw):
    try:
        events = device_json.read_body(raw, max_bytes=1000)
    except JsonError:
        return
    assert len(events) >= 1
