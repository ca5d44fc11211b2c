"""The emergency page: steps in order, dose for this weight, never held back by what is not known.

Source: anaphylaxis_protocol.json (AAFP12, EBM, NUF, SEED1); HZ-011, HZ-056, HZ-063. All people are invented.
"""

from __future__ import annotations

import copy
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openinfusion.core.emergency import (
    Approval,
    Content,
    EmergencyPage,
    Protocol,
    UnusableProtocol,
    Weight,
    check_kit,
    page,
    read_protocol,
    timers,
)
from openinfusion.core.findings import Severity
from openinfusion.rulepacks import load_document

AT = datetime(2026, 11, 24, 16, 44, 10, tzinfo=UTC)
SIGNED = Approval("AP-3", "2", "Dr Noah Pretend", date(2026, 3, 2), is_demo=True)
PROTOCOL = read_protocol(load_document("anaphylaxis_protocol"))


def kg(value: str, unit: str = "kg", on: date = date(2026, 11, 18)) -> Weight:
    return Weight(Decimal(value), unit, on)


def shown(weight: Weight | None, **changes: Any) -> EmergencyPage:
    facts: dict[str, Any] = {"is_child": False, "approval": SIGNED, "address": "12 Fable Lane"}
    return page(PROTOCOL, weight=weight, at=AT, **(facts | changes))


def test_the_steps_keep_the_order_and_the_words_of_the_protocol() -> None:
    steps = shown(kg("60.2")).steps
    assert [step.number for step in steps] == list(range(1, 11))
    assert steps[0].action.startswith("stop the infusion at once; clamp")
    assert [step.number for step in steps if step.gives_epinephrine] == [2, 6]
    assert [(step.status, step.sources) for step in steps][1] == ("dose verified", ("AAFP12", "EBM"))


def test_the_page_names_the_signed_protocol_weight_route_and_strength() -> None:
    shown_page = shown(kg("60.2"))
    advice = shown_page.epinephrine
    assert advice.sentence == (
        "0.5 mg = 0.5 mL into the outer thigh muscle, from signed protocol AP-3, version 2 (demo approval)."
    )
    assert advice.weight_words == "60.2 kg on 18-Nov-2026, 6 days ago"
    assert advice.strength == "1 mg/mL"
    assert advice.route == "IM only; IV epinephrine is not a home drug"
    assert "AAFP12, EBM" in advice.source
    assert "half up, once, at the end" in advice.source
    assert shown_page.notices == ()
    assert shown_page.approval_words == (
        "Protocol AP-3, version 2, signed by Dr Noah Pretend 02-Mar-2026 (demo approval). "
        "This page shows and times the signed order; it decides nothing."
    )


@pytest.mark.parametrize(
    ("weight", "dose", "injector"),
    [
        ("60.2", "0.5 mg = 0.5 mL", "0.3"),
        ("50", "0.5 mg = 0.5 mL", "0.3"),
        ("49.4", "0.49 mg = 0.49 mL", "0.3"),
        ("49.5", "0.5 mg = 0.5 mL", "0.3"),
        ("40", "0.4 mg = 0.4 mL", "0.3"),
        ("180", "0.5 mg = 0.5 mL", "0.3"),
        ("602", "0.5 mg = 0.5 mL", "0.3"),
    ],
)
def test_an_adult_gets_a_hundredth_mg_per_kg_up_to_half_a_mg(weight: str, dose: str, injector: str) -> None:
    advice = shown(kg(weight)).epinephrine
    assert advice.dose is not None
    assert advice.dose.words == dose
    assert advice.autoinjector_mg == Decimal(injector)


@pytest.mark.parametrize(
    ("weight", "dose", "injector"),
    [
        ("8", "0.08 mg = 0.08 mL", None),
        ("9.9", "0.1 mg = 0.1 mL", None),
        ("10", "0.1 mg = 0.1 mL", "0.15"),
        ("23.4", "0.23 mg = 0.23 mL", "0.15"),
        ("23.5", "0.24 mg = 0.24 mL", "0.15"),
        ("24.9", "0.25 mg = 0.25 mL", "0.15"),
        ("25", "0.25 mg = 0.25 mL", "0.3"),
        ("30", "0.3 mg = 0.3 mL", "0.3"),
    ],
)
def test_a_child_below_the_disputed_ceiling_gets_one_dose(weight: str, dose: str, injector: str | None) -> None:
    advice = shown(kg(weight), is_child=True).epinephrine
    assert advice.dose is not None
    assert advice.dose.words == dose
    assert advice.autoinjector_mg == (None if injector is None else Decimal(injector))


def test_the_disputed_ceiling_for_children_is_shown_as_a_setting_to_sign() -> None:
    """Sources differ (0.3 or 0.5 mg): both are shown, and nobody waits for the answer."""
    advice = shown(kg("42"), is_child=True).epinephrine
    assert advice.dose is None
    assert [dose.words for dose in advice.options] == ["0.3 mg = 0.3 mL", "0.42 mg = 0.42 mL"]
    assert advice.sentence == (
        "0.3 mg = 0.3 mL or 0.42 mg = 0.42 mL: sources differ on the most for a child, and this program has "
        "no signed setting. Do not wait for the answer."
    )


@pytest.mark.parametrize(("setting", "dose"), [("0.3", "0.3 mg = 0.3 mL"), ("0.5", "0.42 mg = 0.42 mL")])
def test_a_signed_local_ceiling_settles_it(setting: str, dose: str) -> None:
    advice = shown(kg("42"), is_child=True, child_max_mg=Decimal(setting)).epinephrine
    assert advice.dose is not None
    assert advice.dose.words == dose


def test_an_unknown_age_is_not_taken_for_an_adult() -> None:
    advice = shown(kg("42"), is_child=None, child_max_mg=Decimal("0.3")).epinephrine
    assert advice.dose is None
    assert [dose.words for dose in advice.options] == ["0.3 mg = 0.3 mL", "0.42 mg = 0.42 mL"]
    assert advice.sentence.startswith("0.3 mg = 0.3 mL or 0.42 mg = 0.42 mL: age not known")


@pytest.mark.parametrize("setting", ["0", "0.6"])
def test_a_local_ceiling_above_the_protocol_is_refused(setting: str) -> None:
    with pytest.raises(ValueError, match="child_max_mg must lie above 0"):
        shown(kg("42"), is_child=True, child_max_mg=Decimal(setting))


UNUSABLE = [
    (kg("132", "lb"), "Weight is not recorded in kg: it is not used."),
    (kg("60.2", ""), "Weight is not recorded in kg: it is not used."),
    (kg("-4"), "Recorded weight makes no sense: it is not used."),
    (kg("0.3"), "Recorded weight makes no sense: it is not used."),
    (kg("60.2", on=date(2026, 11, 25)), "Weight is dated in the future: it is not used."),
]


@pytest.mark.hazard("HZ-011")
@pytest.mark.parametrize(("weight", "reason"), UNUSABLE)
def test_a_weight_that_cannot_be_trusted_gives_no_dose(weight: Weight, reason: str) -> None:
    advice = shown(weight).epinephrine
    assert advice.dose is None
    assert advice.options == ()
    assert advice.weight_words == "Weight not known"
    assert advice.sentence == f"{reason} Take the line of the table that fits the patient."


def test_an_unknown_weight_shows_the_table_and_no_default() -> None:
    advice = shown(None).epinephrine
    assert (advice.dose, advice.options, advice.autoinjector_mg) == (None, (), None)
    assert advice.sentence == "Weight not known. Take the line of the table that fits the patient."
    rows = [(str(row.kg), [dose.words for dose in row.doses], str(row.autoinjector_mg)) for row in advice.table]
    assert rows == [
        ("10", ["0.1 mg = 0.1 mL"], "0.15"),
        ("15", ["0.15 mg = 0.15 mL"], "0.15"),
        ("20", ["0.2 mg = 0.2 mL"], "0.15"),
        ("25", ["0.25 mg = 0.25 mL"], "0.3"),
        ("30", ["0.3 mg = 0.3 mL"], "0.3"),
        ("35", ["0.35 mg = 0.35 mL"], "0.3"),
        ("40", ["0.4 mg = 0.4 mL"], "0.3"),
        ("45", ["0.45 mg = 0.45 mL"], "0.3"),
        ("50", ["0.5 mg = 0.5 mL"], "0.3"),
    ]


def test_without_a_signed_protocol_no_dose_is_shown() -> None:
    shown_page = shown(kg("60.2"), approval=None)
    assert shown_page.epinephrine.dose is None
    assert shown_page.epinephrine.table == ()
    assert shown_page.approval_words == "Protocol not signed."
    assert shown_page.notices == ("No signed protocol: the steps are general, no dose is shown.",)


NOTHING_KNOWN: list[dict[str, Any]] = [
    {"weight": None},
    {"weight": kg("60.2"), "address": ""},
    {"weight": kg("60.2"), "approval": None},
    {"weight": kg("42"), "is_child": None},
    {"weight": None, "address": "  ", "approval": None, "is_child": None},
]


@pytest.mark.hazard("HZ-056")
@pytest.mark.parametrize("facts", NOTHING_KNOWN, ids=["weight", "address", "approval", "age", "everything"])
def test_steps_and_911_never_wait_for_a_fact(facts: dict[str, Any]) -> None:
    """The text must be there with no weight, no address, no approval, no age."""
    shown_page = shown(**facts)
    assert shown_page.steps == PROTOCOL.steps
    assert shown_page.call.number == "911"
    assert shown_page.call.say == "Say: anaphylaxis, epinephrine given."
    assert shown_page.notices, "and what is not known is said"


def test_the_crew_is_told_where_to_come() -> None:
    assert shown(None).call.address == "12 Fable Lane"
    assert shown(None, address="").call.address == "Address not known: ask in the home."


@given(tenths=st.integers(5, 3000), more=st.integers(0, 500), is_child=st.booleans())
@settings(max_examples=60)
def test_doses_stay_under_every_ceiling_and_grow_with_the_weight(tenths: int, more: int, is_child: bool) -> None:
    limit = Decimal("0.3") if is_child else None
    doses = []
    for value in (tenths, tenths + more):
        advice = shown(
            Weight(Decimal(value) / 10, "kg", date(2026, 11, 1)), is_child=is_child, child_max_mg=limit
        ).epinephrine
        assert advice.dose is not None
        assert Decimal(0) < advice.dose.mg <= (limit or Decimal("0.5"))
        assert abs(advice.dose.mg - min(Decimal(value) / 1000, limit or Decimal("0.5"))) <= Decimal("0.005")
        doses.append(advice.dose.mg)
    assert doses[0] <= doses[1]


def test_timers_follow_the_last_dose_and_the_last_vital_signs() -> None:
    dose = datetime(2026, 11, 24, 16, 45, 10, tzinfo=UTC)
    found = timers(
        PROTOCOL,
        started_at=AT,
        epinephrine_at=[dose],
        vitals_at=datetime(2026, 11, 24, 16, 44, 30, tzinfo=UTC),
        at=datetime(2026, 11, 24, 16, 48, 30, tzinfo=UTC),
    )
    assert [(timer.name, timer.seconds) for timer in found] == [
        ("since_start", 260),
        ("since_dose", 200),
        ("repeat_from", -100),
        ("repeat_until", -700),
        ("vitals", -60),
    ]
    assert found[2].due_at == dose + timedelta(minutes=5)
    assert found[1].words == "Since epinephrine dose 1"


def test_timers_run_through_a_clock_change() -> None:
    """The night the clocks go back, five minutes are still five minutes."""
    central = ZoneInfo("America/Chicago")
    dose = datetime(2026, 11, 1, 1, 58, tzinfo=central)
    now = datetime(2026, 11, 1, 1, 1, tzinfo=central, fold=1)
    found = {timer.name: timer.seconds for timer in timers(PROTOCOL, started_at=dose, epinephrine_at=[dose], at=now)}
    assert found == {
        "since_start": 180, "since_dose": 180, "repeat_from": -120, "repeat_until": -720, "vitals": -120
    }  # fmt: skip


def test_before_the_first_dose_there_is_no_repeat_clock() -> None:
    found = timers(PROTOCOL, started_at=AT, at=AT + timedelta(minutes=6))
    assert [(timer.name, timer.seconds) for timer in found] == [("since_start", 360), ("vitals", 60)]


def test_the_clock_of_the_protocol_is_the_clock_of_the_page() -> None:
    """The 5 minutes between vital signs are those of step 9."""
    assert "every 5 min" in PROTOCOL.steps[8].action
    with pytest.raises(ValueError, match="dose must carry a time zone"):
        timers(PROTOCOL, started_at=AT, epinephrine_at=[datetime(2026, 11, 24)], at=AT)  # noqa: DTZ001


def full_kit(expires: date = date(2027, 1, 31)) -> dict[str, Content]:
    return {
        item.item: Content(True, None if "written" in item.item else expires, "written" in item.item)
        for item in PROTOCOL.kit
        if not item.is_optional
    }


def test_the_kit_list_is_the_protocols_and_only_what_some_carry_is_optional() -> None:
    assert len(PROTOCOL.kit) == 7
    assert [item.item for item in PROTOCOL.kit if item.is_optional] == [
        "oxygen, AED, airway adjuncts: some nurses carry them"
    ]


def test_a_full_kit_counts_until_its_earliest_expiry() -> None:
    contents = full_kit() | {"saline 0.9 percent 250 mL and set": Content(True, date(2026, 12, 24))}
    checked = check_kit(PROTOCOL.kit, contents, through=date(2026, 12, 24))
    assert checked.is_usable
    assert checked.expires_date == date(2026, 12, 24)


JUNIOR = "epinephrine auto-injector junior strength"


@pytest.mark.hazard("HZ-063")
@pytest.mark.parametrize(
    ("change", "detail"),
    [
        (Content(False), f"{JUNIOR}: not in the kit."),
        (Content(True), f"{JUNIOR}: expiry not known."),
        (Content(True, date(2026, 11, 23)), f"{JUNIOR}: expired 23-Nov-2026."),
        (None, f"{JUNIOR}: not known whether it is in the kit."),
    ],
)
def test_a_kit_with_one_bad_item_is_not_usable(change: Content | None, detail: str) -> None:
    contents = full_kit()
    if change is None:
        del contents[JUNIOR]
    else:
        contents[JUNIOR] = change
    checked = check_kit(PROTOCOL.kit, contents, through=date(2026, 11, 24))
    assert not checked.is_usable
    assert [(f.severity, f.detail) for f in checked.findings] == [(Severity.BLOCK, detail)]
    assert checked.findings[0].source == "anaphylaxis_protocol kit; NUF (verified)"


def test_the_expiry_of_a_kit_with_an_unknown_date_is_not_known() -> None:
    contents = full_kit() | {JUNIOR: Content(True)}
    assert check_kit(PROTOCOL.kit, contents, through=date(2026, 11, 24)).expires_date is None
    with pytest.raises(ValueError, match="not in the kit list: torch"):
        check_kit(PROTOCOL.kit, {"torch": Content(True)}, through=date(2026, 11, 24))


def without(*path: str) -> dict[str, Any]:
    document: dict[str, Any] = copy.deepcopy(load_document("anaphylaxis_protocol"))
    here = document
    for name in path[:-1]:
        here = here[name]
    del here[path[-1]]
    return document


@pytest.mark.parametrize(
    "path", [("steps",), ("epinephrine", "max_mg"), ("kit",), ("recognition", "criteria")], ids=str
)
def test_a_protocol_without_a_needed_part_is_refused_by_name(path: tuple[str, ...]) -> None:
    with pytest.raises(UnusableProtocol, match=f"has no '{path[-1]}'"):
        read_protocol(without(*path))


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("dose_mg_per_kg", "0", "dose_mg_per_kg of the anaphylaxis protocol must be above 0"),
        ("max_mg", "-1", "max_mg of the anaphylaxis protocol must be above 0"),
        ("child_max_policy_mg", ["0.6"], "a ceiling for children"),
        ("concentration_mg_per_mL", None, "concentration_mg_per_mL must be a number"),
    ],
)
def test_a_protocol_with_a_senseless_number_is_refused(name: str, value: Any, message: str) -> None:
    document = load_document("anaphylaxis_protocol")
    document["epinephrine"][name] = value
    with pytest.raises(ValueError, match=message):
        read_protocol(document)


def test_steps_with_a_gap_are_refused() -> None:
    document = load_document("anaphylaxis_protocol")
    del document["steps"][3]
    with pytest.raises(UnusableProtocol, match="numbered 1, 2, 3 without a gap"):
        read_protocol(document)


def test_reading_gives_the_same_protocol_each_time() -> None:
    again: Protocol = read_protocol(load_document("anaphylaxis_protocol"))
    assert again == PROTOCOL
