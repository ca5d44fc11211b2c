"""Do label, pump program, flow sheet, patient sheet and claim say the same dose, rate, volume and
duration?

For the check before release and after any hand-over (design idea 2, HZ-018). Each output is read by its
own content, not by what it was made from, so a changed figure anywhere is found.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from openinfusion.core.findings import Finding, Severity
from openinfusion.core.orders.compiled import Compiled, FlowSheet, PumpProgram
from openinfusion.core.orders.compiling import duration_said
from openinfusion.core.units import Quantity, round_fraction, say, show, show_number

# A rate set in tenths and a time in tenths of a minute cannot give a volume more exactly than this.
_SHARE = Fraction(2, 100)


def compare(compiled: Compiled) -> tuple[Finding, ...]:
    """Every place where two outputs of one order do not agree; empty when all say the same."""
    return tuple(
        finding for check in (_revisions, _doses, _volumes, _rates, _durations, _texts) for finding in check(compiled)
    )


def _outputs(compiled: Compiled) -> tuple[tuple[str, str], ...]:
    return (
        ("label", compiled.label.revision),
        ("pump program", compiled.program.revision),
        ("flow sheet", compiled.flow_sheet.revision),
        ("patient sheet", compiled.patient_sheet.revision),
        ("visit", compiled.visit.revision),
        ("supplies", compiled.supplies.revision),
        ("claim", compiled.claim.revision),
    )


def _revisions(compiled: Compiled) -> Iterator[Finding]:
    for name, revision in _outputs(compiled):
        if revision != compiled.revision:
            yield _differs(name, "revision", revision[:12], compiled.revision[:12])


def _doses(compiled: Compiled) -> Iterator[Finding]:
    expected = compiled.program.dose
    for name, dose in (
        ("label", compiled.label.dose),
        ("flow sheet", compiled.flow_sheet.dose),
        ("patient sheet", compiled.patient_sheet.dose),
        ("claim", compiled.claim.dose),
    ):
        if dose != expected:
            yield _differs(name, "dose", show(dose), show(expected))


def _volumes(compiled: Compiled) -> Iterator[Finding]:
    expected = compiled.program.volume
    for name, volume in (("label", compiled.label.volume), ("flow sheet", compiled.flow_sheet.volume)):
        if volume != expected:
            yield _differs(name, "volume", _shown(volume), _shown(expected))
    delivered = _program_volume(compiled.program)
    if expected is not None and delivered is not None and not _near(delivered, expected.amount_in("mL")):
        yield _differs(
            "pump program",
            "volume",
            f"{show_number(round_fraction(delivered, places=1))} mL by its steps",
            show(expected),
        )


def _program_volume(program: PumpProgram) -> Fraction | None:
    """What the steps deliver; None while the last one runs until empty or the order is continuous."""
    if not program.steps or any(step.minutes is None for step in program.steps):
        return None
    return sum(
        (step.rate.amount_in("mL/h") * step.minutes.amount_in("h") for step in program.steps if step.minutes),
        Fraction(0),
    )


def _rates(compiled: Compiled) -> Iterator[Finding]:
    expected = tuple(step.rate for step in compiled.program.steps)
    if compiled.label.rates != expected:
        yield _differs("label", "rate", _list(compiled.label.rates), _list(expected))
    on_sheet = tuple(step.rate for step in compiled.flow_sheet.steps if step.rate is not None)
    if on_sheet != expected[: len(on_sheet)] or (expected and not on_sheet):
        yield _differs("flow sheet", "rate", _list(on_sheet), _list(expected))


def _durations(compiled: Compiled) -> Iterator[Finding]:
    expected = compiled.program.duration
    for name, duration in (
        ("label", compiled.label.duration),
        ("patient sheet", compiled.patient_sheet.duration),
    ):
        if duration != expected:
            yield _differs(name, "duration", _shown(duration), _shown(expected))
    minutes = None if expected is None else expected.amount_in("min")
    for name, value in (
        ("visit", compiled.visit.infusion_minutes),
        ("flow sheet", _sheet_minutes(compiled.flow_sheet)),
    ):
        if minutes is not None and (value is None or Fraction(value) != minutes):
            yield _differs(name, "duration", f"{value} min", _shown(expected))


def _sheet_minutes(sheet: FlowSheet) -> Decimal | None:
    ends = [step.at_minute for step in sheet.steps if step.action.startswith("End")]
    return ends[0] if ends else sheet.ends_at_minute


def _texts(compiled: Compiled) -> Iterator[Finding]:
    """The printed words carry the same figures as the data beside them."""
    program = compiled.program
    label = "\n".join(compiled.label.lines)
    wanted = [show(program.dose), *(show(step.rate) for step in program.steps)]
    wanted += [show(program.volume)] if program.volume else []
    for text in wanted:
        if text not in label:
            yield _differs("label", "text", "missing", text)
    if compiled.revision[:12] not in label:
        yield _differs("label", "text", "missing", f"revision {compiled.revision[:12]}")
    sheet = "\n".join(compiled.patient_sheet.lines)
    for text in [say(program.dose)] + ([duration_said(program.duration)] if program.duration else []):
        if text not in sheet:
            yield _differs("patient sheet", "text", "missing", text)


def _near(one: Fraction, other: Fraction) -> bool:
    return abs(one - other) <= max(one, other) * _SHARE


def _shown(quantity: Quantity | None) -> str:
    return "nothing" if quantity is None else show(quantity)


def _list(rates: tuple[Quantity, ...]) -> str:
    return ", ".join(show(rate) for rate in rates) or "nothing"


def _differs(output: str, what: str, found: str, expected: str) -> Finding:
    text = f"The {what} on the {output} is {found}; the pump program says {expected}."
    return Finding("COMPILE.DIFFERS", Severity.BLOCK, output, text, "HZ-007; HZ-018", "compile")
