"""One alarm of a PCD-04 message: what, since which phase, how grave by the device's own word.

An alarm whose term is not understood is still an alarm: it is passed on without a name. Source: IHE PCD
TF-2 Rev 9, PCD-04; OBX-8 holds abnormal flag, priority and type (PM is priority medium).
"""

from __future__ import annotations

from openinfusion.core.telemetry.reports import AlarmPhase, AlarmSignal, Priority, ReportKind
from openinfusion.core.telemetry.vocabulary import Term, Vocabulary
from openinfusion.formats.hl7v2.tokens import Segment

EVENT_ALARM = "MDC_EVT_ALARM"
_SOURCE = "MDC_ATTR_ALERT_SOURCE"
_PHASE = "MDC_ATTR_EVENT_PHASE"
_STATE = "MDC_ATTR_ALARM_STATE"
_INACTIVATION = "MDC_ATTR_ALARM_INACTIVATION_STATE"
_PRIORITY = "MDC_ATTR_ALARM_PRIORITY"
_TYPE = "MDC_ATTR_ALERT_TYPE"

ATTRIBUTES = frozenset({_SOURCE, _PHASE, _STATE, _INACTIVATION, _PRIORITY, _TYPE})
"""Rows of an alarm group that describe the alarm and measure nothing."""

_PRIORITIES = {"PL": Priority.LOW, "PM": Priority.MEDIUM, "PH": Priority.HIGH}
_TYPES = frozenset({"SP", "ST", "SA"})
_INACTIVE = "inactive"


def is_alarm_group(kind: ReportKind, obr: Segment | None, members: list[Segment]) -> bool:
    """True for PCD-04, and for gateways that send alarms as R01."""
    if kind is ReportKind.ALARM:
        return True
    if obr is not None and obr.text_of(4, 2) == EVENT_ALARM:
        return True
    return any(_PHASE in obx.text and obx.text_of(3, 2) == _PHASE for obx in members)


def read_alarm(obr: Segment | None, members: list[Segment], *, vocabulary: Vocabulary) -> AlarmSignal:
    """The alarm of one OBR group."""
    attributes = {obx.text_of(3, 2): obx for obx in members}
    event = event_row(members)
    code, name, vendor_term, text = _term(event, vocabulary)
    phase_text = _text(attributes.get(_PHASE)).lower()
    flags = [event.text_of(8, 1, n) for n in range(1, len(event.repetitions(8)) + 1)] if event else []
    flags += [_text(attributes.get(_PRIORITY)), _text(attributes.get(_TYPE))]
    return AlarmSignal(
        code=code,
        name=name,
        phase=_phase(phase_text),
        is_active=_text(attributes.get(_STATE)).lower() != _INACTIVE,
        text=text,
        vendor_term=vendor_term,
        phase_text=phase_text,
        inactivation=_text(attributes.get(_INACTIVATION)).lower(),
        priority=next((_PRIORITIES[flag] for flag in flags if flag in _PRIORITIES), None),
        type=next((flag for flag in flags if flag in _TYPES), ""),
        alert_id=_alert_id(obr),
        containment=event.text_of(4) if event else "",
        source=_source(members, attributes),
    )


def event_row(members: list[Segment]) -> Segment | None:
    """The row that says which alarm: facet 1, else the first that is neither attribute nor container."""
    candidates = [obx for obx in members if obx.text_of(3, 2) not in ATTRIBUTES and obx.field(5)]
    facets = [obx for obx in candidates if obx.text_of(4).split(".")[4:] == ["1"]]
    return next(iter((*facets, *candidates)), None)


def _term(event: Segment | None, vocabulary: Vocabulary) -> tuple[int, str, str, str]:
    """(code, name, term as sent, text): by OBX-3, or by OBX-5 when OBX-3 only says "alarm"."""
    if event is None:
        return 0, "", "", ""
    is_general = event.text_of(3, 2) == EVENT_ALARM
    code_text, sent = (
        (event.text_of(5, 1), event.text_of(5, 2))
        if is_general
        else (
            event.text_of(3, 1),
            event.text_of(3, 2),
        )
    )
    text = event.text_of(5, 3) if is_general else event.text_of(5, 2) or event.text_of(5, 1)
    code = int(code_text) if code_text.isascii() and code_text.isdigit() and len(code_text) < 10 else 0
    term = vocabulary.resolve_term(code, sent)
    vendor_term = "^".join(part for part in (code_text, sent) if part)
    name = term.name if isinstance(term, Term) else ""
    return code, name, vendor_term, "" if text == "MDC" else text


def _phase(text: str) -> AlarmPhase:
    """Only "end" ends an alarm; every word we do not know keeps it open."""
    return AlarmPhase(text) if text in set(AlarmPhase) else AlarmPhase.UPDATE


def _text(obx: Segment | None) -> str:
    return "" if obx is None else obx.text_of(5, 2) or obx.text_of(5, 1)


def _alert_id(obr: Segment | None) -> str:
    """What ties the messages of one alarm: the filler number of OBR-29, else OBR-3."""
    if obr is None:
        return ""
    parent = [obr.value(29, 2, sub).strip() for sub in (1, 2, 3)]
    own = [obr.text_of(3, component) for component in (1, 2, 3)]
    chosen = parent if parent[0] else own
    return "@".join(part for part in chosen if part) if chosen[0] else ""


def _source(members: list[Segment], attributes: dict[str, Segment]) -> str:
    """The term of what alarms: the source attribute, else the row of facet 2."""
    if _SOURCE in attributes:
        return _text(attributes[_SOURCE])
    for obx in members:
        if obx.text_of(4).split(".")[4:] == ["2"]:
            return obx.text_of(3, 2)
    return ""
