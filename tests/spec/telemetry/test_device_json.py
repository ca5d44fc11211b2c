"""What a JSON device event says and what is not believed of it. Source: device_json/schema.json; HZ-036."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal

import jsonschema
import pytest

from openinfusion.core.telemetry.reports import AlarmPhase, Priority, ReportKind
from openinfusion.formats import device_json
from openinfusion.formats.device_json import JsonError
from openinfusion.rulepacks import devices

VOCABULARY = devices.load().vocabulary
FLOW = {"code": 157784, "name": "MDC_FLOW_FLUID_PUMP", "value": 12.5, "unit": "mL/h"}


def read(**values):
    event = {"type": "observation", "device": "N1@MAKER", "boot": 2, "sequence": 9,
             "device_time": "2026-09-26T09:00:00-05:00", **values}  # fmt: skip
    (text,) = device_json.read_body(json.dumps(event).encode(), max_bytes=10_000)
    return device_json.read_report(text.canonical, vocabulary=VOCABULARY)


def test_the_published_schema_is_a_valid_schema():
    jsonschema.Draft202012Validator.check_schema(device_json.schema())


def test_an_observation_event():
    report = read(observations=[FLOW], patient={"id": "P1"}, sender="HUB", id="m1")
    assert (report.kind, report.boot, report.sequence) == (ReportKind.OBSERVATION, 2, 9)
    assert report.device_at == datetime(2026, 9, 26, 14, tzinfo=UTC)
    assert (report.device.key, report.sender, report.control_id) == ("N1@MAKER", "HUB", "m1")
    (observation,) = report.observations
    assert (observation.value, observation.unit) == (Decimal("12.5"), "mL/h")
    assert report.dedupe_key == "seq|N1@MAKER|2|9"


def test_an_infusion_event_names_its_condition():
    condition = {"code": 68487, "name": "MDC_ATTR_EVT_COND", "value": "MDC_EVT_PUMP_DELIV_START"}
    assert read(type="event", observations=[condition]).event == "MDC_EVT_PUMP_DELIV_START"


def test_an_alarm_event():
    alarm = {"code": 196940, "name": "MDC_EVT_FLUID_LINE_OCCL", "phase": "end", "state": "inactive",
             "priority": "high", "kind": "ST", "alert_id": "a1"}  # fmt: skip
    (found,) = read(type="alarm", alarm=alarm).alarms
    assert (found.name, found.phase, found.is_active) == ("MDC_EVT_FLUID_LINE_OCCL", AlarmPhase.END, False)
    assert (found.priority, found.type, found.alert_id) == (Priority.HIGH, "ST", "a1")


@pytest.mark.parametrize(("code", "name"), [(0, "MDCX_E42"), (196940, "MDC_EVT_FLUID_LINE_AIR")])
def test_an_alarm_that_is_not_understood_is_still_an_alarm(code, name):
    (found,) = read(type="alarm", alarm={"code": code, "name": name, "phase": "start"}).alarms
    assert (found.name, found.vendor_term, found.is_active) == ("", f"{code}^{name}", True)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"name": "MDC_VOL_FLUID_TBI"}, "the name is known under another code"),
        ({"code": 1, "name": "X"}, "neither this code nor this name is in the vocabulary"),
        ({"unit": "ml/h"}, "the unit is not in the vocabulary"),
        ({"unit": ""}, "a number without a unit"),
        ({"value": "MDC_NOT_KNOWN"}, "coded value: neither this code nor this name is in the vocabulary"),
    ],
)
def test_an_observation_that_cannot_be_trusted_is_set_aside(change, reason):
    report = read(observations=[{**FLOW, **change}, FLOW])
    assert [(q.index, q.reason) for q in report.quarantined] == [(1, reason)]
    assert len(report.observations) == 1


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "not_json"),
        (b"nul", "not_json"),
        (b'{"a": Infinity}', "number"),
        (b'{"a": 1E3}', "number"),
        (b'{"a": 1.0000000001}', "number"),
        (b'{"a": 12345678901234567}', "number"),
        (b'{"a": {"b": 1, "b": 2}}', "duplicate_key"),
        (b'{"a": ' * 17 + b"1" + b"}" * 17, "too_deep"),
        (b'{"events": [{}], "more": 1}', "unknown_key"),
        (b'{"events": {}}', "batch_size"),
        (b'{"events": [' + b"{}," * 500 + b"{}]}", "batch_size"),
        (b'"x"', "not_an_object"),
        (b"{}" + b" " * 3000, "too_large"),
    ],
)
def test_a_body_that_cannot_be_read(raw, code):
    with pytest.raises(JsonError) as refused:
        device_json.read_body(raw, max_bytes=2_000)
    assert refused.value.code == code


def test_brackets_inside_text_are_not_depth():
    raw = json.dumps({"a": "[" * 100 + '\\"{' * 50}).encode()
    assert len(device_json.read_body(raw, max_bytes=2_000)) == 1


def test_a_report_without_numbers_cannot_be_written():
    from dataclasses import replace

    with pytest.raises(ValueError, match="boot"):
        device_json.encode(replace(read(), boot=None))
