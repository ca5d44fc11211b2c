"""Invented evidence, contracts and claims for the tests of claims, X12 and costs. Every person is made up."""

from __future__ import annotations

import functools
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from openinfusion.core.claims.claim import (
    Address,
    BillingProvider,
    Claim,
    Payer,
    Person,
    Provider,
    Subscriber,
    split_lines,
)
from openinfusion.core.claims.compiling import compile_lines
from openinfusion.core.claims.contract import (
    Contract,
    DrugDates,
    HourRounding,
    NursingBasis,
    Policy,
    read_rates,
)
from openinfusion.core.claims.evidence import (
    Administration,
    Container,
    Delivery,
    Evidence,
    NursingVisit,
    Package,
    Signature,
    Therapy,
)
from openinfusion.core.claims.posting import OpenClaim
from openinfusion.core.claims.rules import RULE_TABLES, BillingRules, read_rules
from openinfusion.core.units import Quantity
from openinfusion.formats.x12.envelope import Envelope
from openinfusion.formats.x12.professional import Submission
from openinfusion.rulepacks import load_table

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
SIGNED = Signature("nurse TESTWELL", AT)
DAY = date(2026, 11, 2)
HOME = Address("1 EXAMPLE ST", "SPRINGFIELD", "OH", "45501")
PATIENT = Person("SAMPLEFORD", "MARIGOLD", date(1971, 3, 4), "F", HOME)
PAYER = Payer("ACME EXAMPLE HEALTH", "ACME1", "CI")
PROGRAM = BillingProvider(
    "JUNIPER VALLEY HOME INFUSION",
    "1234567893",
    "123456789",
    Address("2 PHARMACY WAY", "SPRINGFIELD", "OH", "455011234"),
)
ORDERING = Provider("FICTON", "BRAM", "1234567893")
RENDERING = Provider("TESTWELL", "JOEL", "1234567893", "163WI0500X")
POLICY = Policy(nursing_basis=NursingBasis.VISIT, hour_rounding=HourRounding.UP, drug_dates=DrugDates.DAY)
RATES = (
    ("S9500", "", "120.00", "112.50"),
    ("S9500", "SH", "60.00", "56.25"),
    ("S9501", "", "140.00", "130.00"),
    ("S9502", "", "160.00", "150.00"),
    ("S9366", "", "300.00", "280.00"),
    ("J0696", "", "2.50", "1.1234"),
    ("J0692", "", "4.00", ""),
    ("J1745", "", "80.00", "70.00"),
    ("J3370", "", "9.00", "8.00"),
    ("99601", "", "165.00", "150.00"),
    ("99602", "", "80.00", "75.00"),
)


@functools.cache
def rules() -> BillingRules:
    """The shipped billing rules."""
    return read_rules({name: load_table(name) for name in RULE_TABLES})


def rate_rows(*rates: tuple[str, str, str, str]) -> list[dict[str, str]]:
    return [
        {
            "code": code, "modifier": modifier, "charge": charge, "expected": expected,
            "effective_from": "2020-01-01", "effective_to": "", "source": "test contract",
        }
        for code, modifier, charge, expected in rates
    ]  # fmt: skip


def contract(*rates: tuple[str, str, str, str], policy: Policy = POLICY) -> Contract:
    """A contract with the given rates, or with ``RATES``."""
    return Contract("acme", "ACME1", "2026", "USD", read_rates(rate_rows(*(rates or RATES))), policy)


def therapy(**changes: object) -> Therapy:
    """Ceftriaxone every 24 hours on a signed order, unless changed."""
    plain = Therapy(
        id="t1",
        order_id="o1",
        order_signed=SIGNED,
        therapy_type="anti-infective",
        drug="ceftriaxone sodium",
        hcpcs="J0696",
        interval_hours=Decimal(24),
        prescription="RX100",
    )
    return replace(plain, **changes)


def administration(day: date = DAY, **changes: object) -> Administration:
    """2 g of ceftriaxone from single-dose vials, nothing discarded, signed."""
    plain = Administration(
        id=f"a-{day.isoformat()}",
        therapy_id="t1",
        day=day,
        signed=SIGNED,
        given=Quantity.of("2", "g"),
        discarded=Quantity.of("0", "g"),
        container=Container.SINGLE_DOSE,
        package=Package("00409-7332-01", Decimal(1), "UN", "CT26H114"),
        delivery_id="d1",
    )
    return replace(plain, **changes)


def visit(minutes: int, day: date = DAY, **changes: object) -> NursingVisit:
    """A signed visit of so many minutes from 09:00 UTC."""
    arrived = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    plain = NursingVisit(
        id=f"v-{day.isoformat()}",
        day=day,
        arrived_at=arrived,
        left_at=arrived + timedelta(minutes=minutes),
        signed=SIGNED,
        therapy_ids=("t1",),
    )
    return replace(plain, **changes)


def days(count: int, start: date = DAY) -> list[date]:
    return [start + timedelta(days=offset) for offset in range(count)]


def course(count: int = 7, start: date = DAY, **changes: object) -> Evidence:
    """A course of ceftriaxone with one nurse visit on the first day."""
    plain = Evidence(
        patient="p1",
        therapies=(therapy(),),
        administrations=tuple(administration(day) for day in days(count, start)),
        visits=(visit(69, start),),
        deliveries=(Delivery(id="d1", day=start, proof=SIGNED),),
    )
    return replace(plain, **changes)


def claim(evidence: Evidence | None = None, *, of: Contract | None = None, **changes: object) -> Claim:
    """The first claim compiled from the evidence."""
    draft = compile_lines(evidence or course(), contract=of or contract(), rules=rules())
    lines = split_lines(draft)[0]
    plain = Claim(
        id="C-1001",
        payer=PAYER,
        billing_provider=PROGRAM,
        subscriber=Subscriber(PATIENT, "M1234567"),
        patient=PATIENT,
        patient_ref="p1",
        diagnoses=("L03.115", "Z79.2"),
        lines=lines,
        total=draft.total,
        authorization="A-55012",
        ordering=ORDERING,
        rendering=RENDERING,
    )
    return replace(plain, **changes)


def open_claim(of: Claim) -> OpenClaim:
    return OpenClaim(of.id, of.total, of.subscriber.member_id, of.patient.last, of.patient.first)


def submission(**changes: object) -> Submission:
    envelope = Envelope(
        sender="JUNIPER", receiver="CLEARING", interchange_control=7, group_control=7, at=AT, is_test=True
    )
    plain = Submission(
        envelope=envelope,
        reference="BATCH7",
        submitter_name="JUNIPER VALLEY HOME INFUSION",
        submitter_id="JV1",
        contact_name="BEA COUNTER",
        contact_phone="5555550100",
        receiver_name="CLEARING HOUSE",
        receiver_id="CH1",
    )
    return replace(plain, **changes)
