"""What was understood of a referral, section by section, each entry with its place in the source document.

Everything is shown as the sender wrote it; hidden characters are written out (HZ-006).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from openinfusion.core.identity import clean_line
from openinfusion.core.referrals import DosageDraft, OrderDraft, PartialDate, PatientDraft
from openinfusion.platform.ui.formats import format_date, format_number
from openinfusion.platform.ui.shapes import Cell, Column, Row, Table

#: (what, details, place in the source)
Entry = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its entries; ``key`` names its anchor."""

    key: str
    title: str
    table: Table
    count: int


def sections_of(draft: PatientDraft) -> list[Section]:
    """Sections that say something; the order asked for comes first."""
    wanted: tuple[tuple[str, str, Iterable[Entry]], ...] = (
        ("orders", _("Order asked for"), (entry for one in draft.orders for entry in _order(one))),
        ("person", _("Person"), _person(draft)),
        ("allergies", _("Allergies"), _allergies(draft)),
        ("conditions", _("Conditions"), _conditions(draft)),
        ("medicines", _("Medicines"), _medicines(draft)),
        ("measurements", _("Weight, height and results"), _measurements(draft)),
        ("given", _("Doses given before"), _given(draft)),
        ("lines", _("Lines"), _lines(draft)),
        ("coverage", _("Insurance"), _coverage(draft)),
        ("people", _("Contacts and prescribers"), _people(draft)),
        ("services", _("Services asked for"), _services(draft)),
        ("documents", _("Documents"), _documents(draft)),
    )
    found = [(key, title, list(entries)) for key, title, entries in wanted]
    return [Section(key, title, _table(title, entries), len(entries)) for key, title, entries in found if entries]


def _table(title: str, entries: Sequence[Entry]) -> Table:
    heads = (_("What"), _("Details"), _("Place in the source"))
    return Table(
        caption=title,
        columns=[Column(label=head) for head in heads],
        rows=[
            Row(cells=[_cell(what), _cell(details), Cell(sub=_clean(place), is_blank=True)])
            for what, details, place in entries
        ],
    )


def _cell(text: str) -> Cell:
    return Cell(text=_clean(text), is_blank=not text)


def _clean(text: str) -> str:
    return clean_line(text).text


def _words(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def _day(when: PartialDate | None) -> str:
    if when is None:
        return ""
    return format_date(when.day) if when.day else when.text


def _order(one: OrderDraft) -> Iterable[Entry]:
    span = _words(_day(one.start) and _("from %s") % _day(one.start), _length(one))
    yield one.drug, _words(one.reason, span, one.note), one.path
    for number, step in enumerate(one.dosages, start=1):
        yield _("Dosage %s") % number, _dosage(step), one.path


def _length(one: OrderDraft) -> str:
    """For a number of days, or until the last day."""
    if one.duration_value is not None:
        return _("for %s") % _amount(one.duration_value, one.duration_unit)
    return _("until %s") % _day(one.end) if one.end else ""


def _dosage(step: DosageDraft) -> str:
    dose = _amount(step.dose_value, step.dose_unit)
    if step.dose_high is not None:
        dose = f"{dose} {_('to')} {_amount(step.dose_high, step.dose_unit)}"
    over = _amount(step.infuse_over, step.infuse_over_unit)
    rate = _amount(step.rate_value, step.rate_unit)
    parts = _words(
        dose, step.frequency, step.route, over and _("over %s") % over, rate and _("at %s") % rate,
        _("as needed") if step.as_needed else "", step.limit and _("at most %s") % step.limit,
    )  # fmt: skip
    return parts or step.text


def _amount(value: Decimal | None, unit: str) -> str:
    return "" if value is None else f"{format_number(value)} {unit}".strip()


def _person(draft: PatientDraft) -> Iterable[Entry]:
    for name in draft.names:
        yield _("Name"), _words(f"{name.family}, {' '.join(name.given)}".strip(", ") or name.text, name.use), draft.path
    if draft.birth_date:
        yield _("Born"), _day(draft.birth_date), draft.path
    if draft.sex:
        yield _("Sex"), draft.sex, draft.path
    for point in draft.contact_points:
        yield point.kind.capitalize(), _words(point.value, point.use), draft.path
    for address in draft.addresses:
        yield (
            _("Address"),
            _words(*address.lines, address.city, address.state, address.postal_code, address.use),
            draft.path,
        )
    for number in draft.identifiers:
        shown = _("ends in %s") % number.value[-4:] if number.kind in ("SS", "DL", "PPN") else number.value
        yield _("Number"), _words(number.kind, shown, number.system), draft.path


def _allergies(draft: PatientDraft) -> Iterable[Entry]:
    words = {"none_known": _("The sender states that none are known"), "not_asked": _("Nobody asked, or nobody told")}
    if not draft.allergies:
        yield words.get(draft.allergy_status.value, ""), "", draft.path
    for one in draft.allergies:
        reactions = "; ".join(reaction.manifestation for reaction in one.reactions) or _("reaction not known")
        yield one.substance, _words(reactions, one.severity, one.clinical_status, one.verification), one.path


def _conditions(draft: PatientDraft) -> Iterable[Entry]:
    for one in draft.conditions:
        since = _day(one.onset)
        yield one.text or one.code, _words(one.code, one.status, since and _("since %s") % since), one.path


def _medicines(draft: PatientDraft) -> Iterable[Entry]:
    for one in draft.medications:
        yield one.text or one.code, _words(one.dose_text, one.status, _day(one.recorded)), one.path


def _measurements(draft: PatientDraft) -> Iterable[Entry]:
    for one in draft.measurements:
        number = one.value_text if one.value is None else format_number(one.value)
        value = f"{one.comparator} {number} {one.unit_text}".strip()
        taken = _day(one.taken) or _("date not known")
        yield one.test or one.test_text, _words(value, taken, one.method), one.path


def _given(draft: PatientDraft) -> Iterable[Entry]:
    for one in draft.administrations:
        yield one.text, _words(one.dose_text, one.status, _day(one.given), one.note), one.path


def _lines(draft: PatientDraft) -> Iterable[Entry]:
    for one in draft.access_devices:
        state = _("in place") if one.state.value == "in_place" else _("planned")
        yield one.text or one.kind, _words(one.kind, one.site, state, _day(one.placed)), one.path


def _coverage(draft: PatientDraft) -> Iterable[Entry]:
    for one in draft.coverages:
        until = _day(one.end)
        yield (
            one.payer,
            _words(one.plan, one.member_id, one.relation, one.status, until and _("until %s") % until),
            one.path,
        )


def _people(draft: PatientDraft) -> Iterable[Entry]:
    for contact in draft.contacts:
        phones = ", ".join(point.value for point in contact.contact_points)
        yield contact.name, _words(contact.relation, phones), contact.path
    for one in draft.prescribers:
        yield one.name, _words(one.npi and f"NPI {one.npi}", one.phone, one.organisation), one.path


def _services(draft: PatientDraft) -> Iterable[Entry]:
    for one in draft.services:
        yield one.text or one.code, _words(one.code, one.status, one.reason, _day(one.starts)), one.path


def _documents(draft: PatientDraft) -> Iterable[Entry]:
    for one in draft.documents:
        yield one.title, _words(one.kind, one.content_type, _day(one.written)), one.path
