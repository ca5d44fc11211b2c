"""The 837P we send: a clean 999 from pyx12, read by x12sdk, refused where a field cannot go."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from support.claim_cases import (
    PATIENT,
    PAYER,
    administration,
    claim,
    contract,
    course,
    days,
    rules,
    submission,
    therapy,
    visit,
)
from support.x12_judges import pyx12_accepts, x12sdk_models

from openinfusion.core.claims.claim import (
    Adjustment,
    Frequency,
    LineAdjudication,
    OtherPayer,
    Payer,
    Responsibility,
    Subscriber,
    split_lines,
)
from openinfusion.core.claims.compiling import compile_lines
from openinfusion.core.claims.evidence import Package
from openinfusion.core.claims.money import Money
from openinfusion.core.units import Quantity
from openinfusion.formats.x12.acknowledgement import Verdict, read_acknowledgement
from openinfusion.formats.x12.professional import check_fields, iterate_837p, write_837p
from openinfusion.formats.x12.reading import read_interchanges
from openinfusion.formats.x12.segments import Delimiters
from openinfusion.formats.x12.values import UnwritableX12


def plain_claim():
    """Ceftriaxone every 24 hours with a visit of four hours."""
    return claim(course(7, visits=(visit(250),)))


def concurrent_claim():
    """Two anti-infectives at once: SH on the second."""
    second = tuple(
        administration(day, id=f"b{day}{dose}", therapy_id="t2", given=Quantity.of("2", "g"))
        for day in days(2)
        for dose in range(3)
    )
    cefepime = therapy(id="t2", hcpcs="J0692", drug="cefepime hydrochloride", interval_hours=Decimal(8))
    both = (*(administration(day) for day in days(2)), *second)
    return claim(course(2, therapies=(therapy(), cefepime), administrations=both), id="C-1002")


def biologic_claim():
    """Infliximab with waste: JW line, NDC, accents in the name, replacement of an earlier claim."""
    order = therapy(therapy_type="biologic", hcpcs="J1745", drug="infliximab", per_diem_code="S9500")
    record = administration(
        given=Quantity.of("412", "mg"),
        discarded=Quantity.of("88", "mg"),
        package=Package("57894-030-01", Decimal(5), "UN"),
    )
    person = replace(PATIENT, last="Núñez-Sampleford", first="Łucja")
    return claim(
        course(1, therapies=(order,), administrations=(record,)),
        id="C-1003",
        patient=person,
        subscriber=Subscriber(person, "M7654321"),
        frequency=Frequency.REPLACEMENT,
        payer_claim_number="PCN77",
        referral_number="R-12",
        note="SECOND DOSE OF THE COURSE",
    )


def dependent_secondary_claim():
    """A child on a parent's second policy, after a first payer paid the per diem in part."""
    parent = replace(PATIENT, last="TESTWELL", first="JUN", sex="M", birth_date=date(1970, 5, 6))
    child = replace(PATIENT, birth_date=date(2016, 5, 6))
    base = claim(course(2), id="C-1004", patient=child)
    per_diem = next(line for line in base.lines if line.code == "S9500")
    decided = LineAdjudication(
        per_diem.number,
        Money.of("180", "USD"),
        per_diem.units,
        (Adjustment("CO", "45", Money.of("40", "USD")), Adjustment("PR", "2", Money.of("20", "USD"))),
        date(2026, 11, 12),
    )
    first = OtherPayer(
        Payer("PLACEBO MUTUAL", "PLAC1", "CI"),
        Subscriber(parent, "P111", relationship="19"),
        Responsibility.PRIMARY,
        Money.of("180", "USD"),
        (decided,),
    )
    return replace(
        base,
        subscriber=Subscriber(parent, "M222", relationship="19", group="G-7"),
        responsibility=Responsibility.SECONDARY,
        other_payers=(first,),
    )


def all_claims():
    return [plain_claim(), concurrent_claim(), biologic_claim(), dependent_secondary_claim()]


@pytest.fixture(scope="module")
def written() -> str:
    return write_837p(all_claims(), submission())


def test_pyx12_accepts_the_file_with_a_clean_999(written):
    accepted, answer = pyx12_accepts(written)
    assert accepted
    file = read_acknowledgement(answer)
    assert file.problems == ()
    (group,) = file.groups
    assert group.verdict is Verdict.ACCEPTED
    assert [(item.verdict, item.errors) for item in group.sets] == [(Verdict.ACCEPTED, ())]
    assert "IK3" not in answer


def test_x12sdk_reads_every_claim_back(written):
    (model,) = x12sdk_models(written)
    found = {
        item.patient_control_number: (item.charge, len(item.service_lines), item.is_dependent)
        for item in model.claims()
    }
    assert found == {
        of.id: (of.total.as_decimal(), len(of.lines), of.subscriber.relationship != "18") for of in all_claims()
    }


def test_the_file_carries_what_home_infusion_needs(written):
    for wanted in (
        "GS*HC*JUNIPER*CLEARING*20261120*1200*7*X*005010X222A1~",
        "CLM*C-1001*1385***12:B:1*Y*A*Y*Y~",
        "SV1*HC:J0696:JZ*20*UN*8***1~",
        "DTP*472*RD8*20261102-20261108~",
        "DTP*472*D8*20261102~",
        "LIN**N4*00409733201~",
        "CTP****1*UN~",
        "REF*XZ*RX100~",
        "REF*G1*A-55012~",
        "NM1*DK*1*FICTON*BRAM****XX*1234567893~",
        "NM1*82*1*TESTWELL*JOEL****XX*1234567893~",
        "PRV*BI*PXC*3336H0001X~",
        "SV1*HC:S9500:SH*120*UN*2***1~",
        "SV1*HC:J1745:JW*640*UN*8***1~",
        "NM1*IL*1*NUNEZ-SAMPLEFORD*LUCJA****MI*M7654321~",
        "REF*F8*PCN77~",
        "SVD*PLAC1*180*HC:S9500**2~",
        "CAS*PR*2*20~",
    ):
        assert wanted in written, wanted


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("SBR*P*18*******CI~\n", ""),
        ("LIN**N4*", "LIN**ZZ*"),
        ("HL*3*1*22*0~", "HL*3*9*22*0~"),
    ],
)
def test_the_judge_can_refuse(written, before, after):
    """Guard of this file: the same judge refuses a damaged copy, and our 999 reader says so."""
    assert before in written
    accepted, answer = pyx12_accepts(written.replace(before, after, 1))
    assert not accepted
    (group,) = read_acknowledgement(answer).groups
    assert group.verdict is Verdict.REJECTED


def test_a_line_with_an_authorization_of_its_own(written):
    of = plain_claim()
    lines = tuple(replace(line, authorization="A-2") if line.code == "J0696" else line for line in of.lines)
    text = write_837p([replace(of, lines=lines)], submission())
    assert text.count("REF*G1*A-2~") == sum(line.code == "J0696" for line in lines)
    assert "REF*G1*A-2~" not in written
    assert pyx12_accepts(text)[0]
    assert x12sdk_models(text)


def test_a_long_course_becomes_several_claims():
    """At most fifty lines in a claim (X12 837P loop 2400)."""
    draft = compile_lines(course(60), contract=contract(), rules=rules())
    chunks = split_lines(draft)
    assert [len(chunk) for chunk in chunks] == [50, len(draft.lines) - 50]
    assert all([line.number for line in chunk] == list(range(1, len(chunk) + 1)) for chunk in chunks)
    assert check_fields(claim(course(60, date(2026, 9, 1))), submission()) == ()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"id": ""}, "claim id"),
        ({"id": "C" * 21}, "claim id"),
        ({"id": "C*1"}, "claim id"),
        ({"id": " C1"}, "claim id"),
        ({"note": "line\nbreak"}, "note"),
        ({"place_of_service": "1"}, "place of service"),
        ({"frequency": Frequency.VOID}, "payer claim number"),
        ({"diagnoses": ()}, "diagnoses"),
        ({"diagnoses": ("12",)}, "diagnosis 1"),
        ({"payer": replace(PAYER, filing_code="XX")}, "payer filing code"),
        ({"payer": replace(PAYER, name="保険")}, "payer name"),
        ({"patient": replace(PATIENT, last="OTHER")}, "patient"),
        ({"subscriber": Subscriber(PATIENT, "M")}, "subscriber member id"),
        ({"subscriber": Subscriber(PATIENT, "M1", relationship="99")}, "subscriber relationship"),
        ({"subscriber": Subscriber(replace(PATIENT, sex="X"), "M12")}, "subscriber sex"),
        (
            {"subscriber": Subscriber(replace(PATIENT, birth_date=date(2030, 1, 1)), "M12")},
            "subscriber birth date",
        ),
        ({"lines": ()}, "lines"),
    ],
)
def test_a_field_that_x12_cannot_carry_is_refused_by_name(changes, field):
    broken = replace(claim(), **changes)
    fields = {problem.field for problem in check_fields(broken, submission())}
    assert field in fields
    with pytest.raises(UnwritableX12) as refused:
        write_837p([broken], submission())
    assert field in str(refused.value)


def test_all_problems_come_at_once_and_none_shows_a_value():
    broken = claim(id="SECRET*ID", diagnoses=("SECRETDX",), note="SECRET~NOTE")
    problems = check_fields(broken, submission())
    assert {problem.field for problem in problems} >= {"claim id", "diagnosis 1", "note"}
    assert "SECRET" not in " ".join(str(problem) for problem in problems)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"units": 0}, "line 1 units"),
        ({"charge": None}, "line 1 charge"),
        ({"charge": Money(-1, "USD")}, "line 1 charge"),
        ({"modifiers": ("J",)}, "line 1 modifiers"),
        ({"package": Package("123", Decimal(1), "UN")}, "line 1 NDC"),
        ({"package": Package("00409-7332-01", Decimal(1), "BOX")}, "line 1 NDC unit"),
        ({"package": Package("00409-7332-01", Decimal(0), "UN")}, "line 1 NDC quantity"),
        ({"last_day": date(2026, 12, 24)}, "line 1 dates"),
        ({"number": 7}, "lines"),
    ],
)
def test_a_line_that_x12_cannot_carry_is_refused_by_name(changes, field):
    of = claim()
    lines = (replace(of.lines[0], **changes), *of.lines[1:])
    assert field in {problem.field for problem in check_fields(replace(of, lines=lines), submission())}


@pytest.mark.parametrize(
    "envelope",
    [
        {"sender": ""}, {"receiver": "X" * 16}, {"interchange_control": 0}, {"group_control": 10**9},
        {"sender_qualifier": "99"}, {"at": datetime(2026, 11, 20)},  # noqa: DTZ001 - that is the fault
    ],
)  # fmt: skip
def test_an_envelope_that_cannot_be_written_is_refused(envelope):
    broken = submission(envelope=replace(submission().envelope, **envelope))
    with pytest.raises(UnwritableX12):
        write_837p([claim()], broken)


def test_the_same_claim_twice_in_a_file_is_refused():
    with pytest.raises(UnwritableX12, match="twice"):
        write_837p([claim(), claim()], submission())


def test_a_contact_without_phone_is_refused():
    with pytest.raises(UnwritableX12, match="contact phone"):
        write_837p([claim()], submission(contact_phone="555-0100"))


def test_the_file_comes_in_pieces_for_large_batches():
    """Streaming: the first piece is there before the second claim is asked for."""
    asked = []

    def claims():
        for number in range(3):
            asked.append(number)
            yield claim(id=f"C-{number}")

    pieces = iterate_837p(claims(), submission())
    assert next(pieces).startswith("ISA*")
    assert asked == []
    assert "".join(pieces).count("CLM*") == 3


def test_other_delimiters_change_nothing_else(written):
    envelope = replace(submission().envelope, delimiters=Delimiters("|", ">", "!", "\x1d"))
    other = write_837p(all_claims(), submission(envelope=envelope))
    assert other != written
    assert read_interchanges(other)[0].transactions == read_interchanges(written)[0].transactions


def test_days_of_the_claim(written):
    of = plain_claim()
    assert (of.first_day, of.last_day - of.first_day) == (date(2026, 11, 2), timedelta(days=6))
    assert written.count("CLM*") == 4
