"""Writes device reports as IHE PCD messages (TF-2 Rev 9), for the pump simulator and for tests."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from openinfusion.core.telemetry.reports import (
    AlarmSignal,
    DeviceIdentity,
    DeviceReport,
    DeviceScheme,
    Observation,
    Priority,
    ReportKind,
)
from openinfusion.core.telemetry.vocabulary import Vocabulary
from openinfusion.formats.hl7v2.escapes import escape
from openinfusion.formats.hl7v2.times import format_moment
from openinfusion.formats.hl7v2.tokens import STANDARD

_TYPES = {
    ReportKind.OBSERVATION: "ORU^R01^ORU_R01",
    ReportKind.ALARM: "ORU^R40^ORU_R40",
    ReportKind.EVENT: "ORU^R42^ORU_R01",
}
_PROFILES = {
    ReportKind.OBSERVATION: "IHE_PCD_001^IHE PCD^1.3.6.1.4.1.19376.1.6.4.1^ISO",
    ReportKind.ALARM: "IHE_PCD_ACM_001^IHE PCD^1.3.6.1.4.1.19376.1.6.4.4^ISO",
    ReportKind.EVENT: "IHE_PCD_010^IHE PCD^1.3.6.1.4.1.19376.1.6.4.10^ISO",
}
_PRIORITY = {Priority.LOW: "PL", Priority.MEDIUM: "PM", Priority.HIGH: "PH"}
_ALARM_ROWS = (
    (68481, "MDC_ATTR_EVENT_PHASE"),
    (68482, "MDC_ATTR_ALARM_STATE"),
    (68483, "MDC_ATTR_ALARM_INACTIVATION_STATE"),
)


def build_message(report: DeviceReport, *, vocabulary: Vocabulary, sent_at: datetime, accept: str = "AL") -> bytes:
    """One ORU message of a report. ``accept`` is MSH-15; the application answer (MSH-16) is not asked for."""
    segments = [_msh(report, sent_at, accept), _pid(report), _obr(report)]
    rows = _alarm_rows(report) if report.alarms else _observation_rows(report, vocabulary)
    segments.extend(f"OBX|{number}|{row}" for number, row in enumerate(rows, start=1))
    return ("\r".join(segments) + "\r").encode("utf-8")


def _msh(report: DeviceReport, sent_at: datetime, accept: str) -> str:
    application, _, universal = report.sender.partition("@")
    sender = f"{_safe(application)}^{_safe(universal)}^EUI-64" if universal else _safe(application)
    fields = (
        "MSH", STANDARD.encoding_characters, sender, "", "OPENINFUSION", "", format_moment(sent_at), "",
        _TYPES[report.kind], _safe(report.control_id), "P", "2.6",
        "" if report.sequence is None else str(report.sequence), "", accept, "NE", "", "UNICODE UTF-8", "",
        "", _PROFILES[report.kind],
    )  # fmt: skip
    return "|".join(fields)


def _pid(report: DeviceReport) -> str:
    if report.patient is None:
        return "PID|||Unknown^^^^U"
    return f"PID|||{_safe(report.patient.id)}^^^{_safe(report.patient.authority)}^MR"


def _obr(report: DeviceReport) -> str:
    moment = format_moment(report.device_at) if report.device_at is not None else ""
    if not report.alarms:
        return f"OBR|1||{_safe(report.control_id)}|69985^MDC_DEV_PUMP_INFUS_MDS^MDC|||{moment}"
    parent = "&".join(_safe(part) for part in report.alarms[0].alert_id.split("@"))
    until_29 = "|" * 22
    return f"OBR|1||{_safe(report.control_id)}|196616^MDC_EVT_ALARM^MDC|||{moment}{until_29}^{parent}"


def _observation_rows(report: DeviceReport, vocabulary: Vocabulary) -> Iterable[str]:
    device = _device(report.device)
    for position, item in enumerate(report.observations):
        kind, value, unit = _value(item, vocabulary)
        moment = format_moment(item.at) if item.at is not None else ""
        named = device if position == 0 else ""
        status = "X" if item.value is None else "R"
        yield (
            f"{kind}|{item.code}^{item.name}^MDC|{item.containment}|{value}|{unit}|||||{status}|||{moment}||||{named}"
        )


def _value(item: Observation, vocabulary: Vocabulary) -> tuple[str, str, str]:
    if item.value is None:
        return "", "", ""
    if isinstance(item.value, Decimal):
        row = vocabulary.unit(item.unit)
        ucum = f"{_safe(item.unit)}^{_safe(item.unit)}^UCUM"
        unit = ucum if row.code is None else f"{row.code}^{row.name}^MDC^{ucum}"
        return "NM", format(item.value, "f"), unit
    if item.value.startswith("MDC_"):
        term = vocabulary.resolve_term(0, item.value)
        code = getattr(term, "code", None) or 0
        return "CWE", f"{code}^{_safe(item.value)}^MDC", ""
    if item.value.startswith("pump-"):
        return "CWE", f"^{_safe(item.value)}^MDC", ""
    return "ST", _safe(item.value), ""


def _alarm_rows(report: DeviceReport) -> Iterable[str]:
    """The rows of the first alarm: one message carries one alarm."""
    alarm = report.alarms[0]
    base = ".".join(alarm.containment.split(".")[:4]) or "1.1.0.0"
    flags = "~".join(
        part for part in ("A", _PRIORITY.get(alarm.priority) if alarm.priority else "", alarm.type) if part
    )
    term = f"{alarm.code}^{_safe(alarm.name or alarm.vendor_term)}^MDC"
    yield f"ST|{term}|{base}.1|{_safe(alarm.text)}|||{flags}|||F|||||||{_device(report.device)}"
    if alarm.source:
        yield f"ST|0^{_safe(alarm.source)}^MDC|{base}.2|{_safe(alarm.text)}||||||F"
    for facet, ((code, name), value) in enumerate(zip(_ALARM_ROWS, _attributes(alarm), strict=True), start=3):
        if value:
            yield f"ST|{code}^{name}^MDC|{base}.{facet}|{_safe(value)}||||||F"


def _attributes(alarm: AlarmSignal) -> tuple[str, str, str]:
    return (
        alarm.phase_text or alarm.phase.value,
        "active" if alarm.is_active else "inactive",
        alarm.inactivation,
    )


def _device(device: DeviceIdentity) -> str:
    if device.scheme is DeviceScheme.EUI64:
        return f"{device.id}^^{device.id}^EUI-64"
    if device.scheme is DeviceScheme.SENDER:
        return ""
    return f"{_safe(device.id)}^{_safe(device.namespace)}" if device.namespace else _safe(device.id)


def _safe(text: str) -> str:
    return escape(text, STANDARD)
