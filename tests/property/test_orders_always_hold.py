"""Orders: what must hold for every order, whatever the numbers."""

import json
import random
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openinfusion.core.orders import answer_case, case_from_json, content_hash
from openinfusion.core.orders.rules import DoseRange
from openinfusion.core.units import plain
from openinfusion.rulepacks import therapies
from openinfusion.rulepacks.examples import example_case, example_therapies
from openinfusion.rulepacks.order_rules import proposed_rules

GRAVITY = {"quiet": 0, "inform": 1, "interrupt": 2, "block": 3}
DOSE_HIGH = ("dose_high", "daily_dose", "cumulative_dose")


def has_hard_limit(therapy: str, *, upwards: bool) -> bool:
    """Is there an active dose limit that stops in this direction for the example of the therapy?"""
    for rule in proposed_rules().for_therapy(therapy):
        limit = rule.limit
        if isinstance(limit, DoseRange) and limit.when.first_dose is None and limit.per != "course":
            bounds = (limit.high, limit.most) if upwards else (limit.low,)
            if any(bound is not None for bound in bounds):
                return True
    return False


# Therapies whose dose cells nobody has verified: no hard limit, and the answer says "not checked".
WITHOUT_UPPER_LIMIT = frozenset(t for t in example_therapies() if not has_hard_limit(t, upwards=True))


def test_the_list_of_therapies_without_a_hard_dose_limit_is_known() -> None:
    """This list is shown, not hidden: it shrinks as pharmacists verify cells of the therapy table."""
    assert len(WITHOUT_UPPER_LIMIT) == 42
    for therapy in WITHOUT_UPPER_LIMIT - {"treprostinil", "epoprostenol"}:
        answer = answer_case(example_case(therapy), proposed_rules())
        assert {"dose_high", "daily_dose"} <= set(answer["not_checked"])


def with_dose(therapy: str, factor: Decimal) -> dict[str, Any]:
    dose = example_case(therapy)["order"]["dose"]
    value = plain(Decimal(dose["value"]) * factor)
    return example_case(therapy, order={"dose": {"value": value, "unit": dose["unit"]}})


@pytest.mark.hazard("HZ-007")
@pytest.mark.parametrize("factor", ["10", "100", "1000", "0.1"])
def test_every_tenfold_error_is_stopped_where_a_hard_limit_exists(factor: str) -> None:
    """Mutation of every golden order by x10, x100, x1000 and /10 (HZ-007); mg and mcg differ by 1,000."""
    upwards = Decimal(factor) > 1
    tried = 0
    for therapy in example_therapies():
        if not has_hard_limit(therapy, upwards=upwards) or therapy in ("treprostinil", "epoprostenol"):
            continue
        tried += 1
        found = answer_case(with_dose(therapy, Decimal(factor)), proposed_rules())["findings"]
        wanted = DOSE_HIGH if upwards else ("dose_low",)
        assert any(f["severity"] == "block" and f["category"] in wanted for f in found), therapy
    assert tried >= 19


@settings(max_examples=60, deadline=None)
@given(
    therapy=st.sampled_from(sorted(set(example_therapies()) - WITHOUT_UPPER_LIMIT)),
    smaller=st.integers(100, 5000),
    larger=st.integers(100, 5000),
)
def test_a_larger_dose_is_never_judged_milder(therapy: str, smaller: int, larger: int) -> None:
    """From the usual dose upwards, more is never better."""
    low, high = sorted((smaller, larger))

    def gravity(percent: int) -> int:
        found = answer_case(with_dose(therapy, Decimal(percent) / 100), proposed_rules())["findings"]
        return max((GRAVITY[f["severity"]] for f in found if f["category"] in DOSE_HIGH), default=0)

    assert gravity(low) <= gravity(high)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), therapy=st.sampled_from(example_therapies()))
def test_the_order_of_lists_and_keys_is_irrelevant(seed: int, therapy: str) -> None:
    patient = {
        "other_medications": ["simvastatin", "warfarin", "azathioprine", "metformin"],
        "conditions": ["chronic kidney disease", "cirrhosis", "heart failure"],
        "allergies": {
            "status": "recorded",
            "items": [
                {"substance": "penicillin", "reaction": "hives"},
                {"substance": "vancomycin", "reaction": "infusion_reaction"},
                {"substance": "latex", "reaction": "rash"},
            ],
        },
    }
    shuffle = random.Random(seed)
    straight = example_case(therapy, patient=patient)
    mixed = json.loads(json.dumps(straight))
    for name in ("other_medications", "conditions"):
        shuffle.shuffle(mixed["patient"][name])
    shuffle.shuffle(mixed["patient"]["allergies"]["items"])
    mixed["order"] = dict(shuffle.sample(list(mixed["order"].items()), len(mixed["order"])))

    def told(case: dict[str, Any]) -> set[tuple[str, str, str]]:
        found = answer_case(case, proposed_rules())["findings"]
        return {(f["rule"], f["severity"], f["subject"]) for f in found}

    assert told(mixed) == told(straight)


@settings(max_examples=60, deadline=None)
@given(therapy=st.sampled_from(example_therapies()), data=st.data())
def test_knowing_less_is_never_quieter(therapy: str, data: st.DataObject) -> None:
    """Taking away one fact never turns a question into silence: unknown is asked for, or said not to be
    checked.
    """
    case = example_case(therapy)
    part = data.draw(st.sampled_from(("patient", "order")))
    field = data.draw(st.sampled_from(sorted(set(case[part]) - {"id", "therapy"})))
    full = answer_case(case, proposed_rules())
    poorer = answer_case(example_case(therapy, **{part: {field: ...}}), proposed_rules())
    assert "error" not in poorer
    assert GRAVITY[poorer["tier"]] >= GRAVITY[full["tier"]]


@settings(max_examples=60, deadline=None)
@given(
    junk=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
        max_leaves=8,
    ),
    data=st.data(),
)
def test_any_junk_in_any_field_is_answered_and_never_crashes(junk: Any, data: st.DataObject) -> None:
    case = example_case("vancomycin")
    part = data.draw(st.sampled_from(("patient", "order")))
    field = data.draw(st.sampled_from(sorted(case[part])))
    answer = answer_case({**case, part: {**case[part], field: junk}}, proposed_rules())
    assert set(answer) >= {"id"}
    assert ("error" in answer) != ("tier" in answer)


@settings(max_examples=30, deadline=None)
@given(therapy=st.sampled_from(example_therapies()), zeros=st.integers(0, 4))
def test_trailing_zeros_change_neither_verdict_nor_hash(therapy: str, zeros: int) -> None:
    case = example_case(therapy)
    dose = case["order"]["dose"]
    text = dose["value"] + ("" if "." in dose["value"] else ".") + "0" * (zeros + 1)
    same = example_case(therapy, order={"dose": {"value": text, "unit": dose["unit"]}})
    assert answer_case(same, proposed_rules()) == answer_case(case, proposed_rules())
    one, _ = case_from_json(case, therapies=therapies())
    other, _ = case_from_json(same, therapies=therapies())
    assert content_hash(one.order) == content_hash(other.order)
