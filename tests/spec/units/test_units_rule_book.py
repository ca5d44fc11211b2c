"""Units: what people may write, what is refused with which remedy, and how amounts are shown."""

from decimal import Decimal

import pytest

from openinfusion.core.units import (
    UNITS,
    Quantity,
    UnitError,
    from_json,
    from_wire,
    parse,
    read_unit,
    say,
    show,
    show_number,
    to_ucum,
    unit,
)

# what a person writes, the value and unit that are meant (source: ISMP safe writing; STYLE display rules)
UNDERSTOOD = [
    ("2 g", "2", "g"),
    ("2 grams", "2", "g"),
    ("1,500 mg", "1500", "mg"),
    ("0.375 mcg/kg/min", "0.375", "mcg/kg/min"),
    ("0.375 micrograms per kg per minute", "0.375", "mcg/kg/min"),
    ("100 mL/hr", "100", "mL/h"),
    ("100 ml/h", "100", "mL/h"),
    ("100 mL per hour", "100", "mL/h"),
    ("20 mL/h/site", "20", "mL/h/site"),
    ("24 million units", "24", "million units"),
    ("24 million units/day", "24", "million units/d"),
    ("1750 international units", "1750", "units"),
    ("20 meq", "20", "mEq"),
    ("31 gtts/min", "31", "gtt/min"),
    ("6 g/24 h", "6", "g/d"),
    ("2400 mg/m²", "2400", "mg/m2"),
    ("0.5 mL/h/kg", "0.5", "mL/kg/h"),
    ("5 %", "5", "%"),
    ("7 days", "7", "d"),
]


@pytest.mark.parametrize(("text", "value", "symbol"), UNDERSTOOD)
def test_human_spellings_map_to_one_unit(text: str, value: str, symbol: str) -> None:
    assert parse(text) == Quantity(Decimal(value), unit(symbol))


# HZ-008: refused on input, each with the remedy in words
ERROR_PRONE = [
    ("10 U", "units"),
    ("10 u", "units"),
    ("10 IU", "units"),
    ("10 iu/h", "units"),
    ("5 ug", "mcg"),
    ("5 µg/kg/min", "mcg"),
    ("5 μg", "mcg"),
    ("3 cc", "mL"),
    ("3 cc/h", "mL"),
    ("2 MU", "million units"),
]


@pytest.mark.hazard("HZ-008")
@pytest.mark.parametrize(("text", "remedy"), ERROR_PRONE)
def test_error_prone_units_are_refused_with_the_remedy(text: str, remedy: str) -> None:
    with pytest.raises(UnitError) as refused:
        parse(text)
    assert f'write "{remedy}"' in refused.value.question


AMBIGUOUS = [
    "3 ML",
    "3 Ml",
    "500 MG",
    "2 Mg",
    "1 G",
    "1 l",
    "5 gr",
    "20 MEQ",
    "2 amp",
    "1 vial",
    "5 M",
    "70 KG",
]


@pytest.mark.parametrize("text", AMBIGUOUS)
def test_a_unit_that_could_be_two_things_is_a_question(text: str) -> None:
    with pytest.raises(UnitError, match=r"\?"):
        parse(text)


@pytest.mark.parametrize("text", ["154 lb", "154 lbs", "154 pounds", "154 #"])
def test_pounds_are_never_read_as_kilograms(text: str) -> None:
    with pytest.raises(UnitError, match="pounds"):
        parse(text)


@pytest.mark.parametrize("text", ["70", "70 ", "", "   ", "g", "two g", "NaN mg", "1e3 mg", "5 furlongs", "mg 5"])
def test_what_is_not_a_number_with_a_unit_is_refused(text: str) -> None:
    with pytest.raises(UnitError):
        parse(text)


# numbers people misread: HZ-007
@pytest.mark.parametrize("text", [".5 mg", "1,5 mg", "1.500,0 mg", "-1 mg", "+1 mg", "1,50 mg", "1..2 mg", "1. mg"])
def test_numbers_that_can_be_misread_are_refused(text: str) -> None:
    with pytest.raises(UnitError):
        parse(text)


def test_a_number_of_many_digits_is_not_a_dose() -> None:
    with pytest.raises(UnitError, match="digits"):
        parse("1234567890123456789 mg")


NEVER_CONVERTED = [
    ("mEq", "mmol"),
    ("mmol", "mEq"),
    ("units", "mg"),
    ("mg", "mL"),
    ("mL/h", "mg/h"),
    ("mg/kg", "mg"),
    ("mg/kg", "mg/m2"),
    ("gtt", "mL"),
    ("%", "mg/mL"),
    ("kcal", "g"),
    ("mL/h", "mL"),
]


@pytest.mark.parametrize(("have", "want"), NEVER_CONVERTED)
def test_unlike_units_are_never_converted_compared_or_added(have: str, want: str) -> None:
    one, other = Quantity.of(1, have), Quantity.of(1, want)
    for attempt in (
        lambda: one.to(want),
        lambda: one + other,
        lambda: one - other,
        lambda: one < other,
        lambda: one >= other,
        lambda: one.equals(other),
        lambda: one.ratio_to(other),
    ):
        with pytest.raises(UnitError):
            attempt()


EXACT = [
    ("2 g", "mg", "2000"),
    ("500 mcg", "mg", "0.5"),
    ("1 ng", "mg", "0.000001"),
    ("1 g/L", "mg/mL", "1"),
    ("10 mg/min", "mg/h", "600"),
    ("15 mg/h", "mg/min", "0.25"),
    ("3 million units", "units", "3000000"),
    ("46 h", "min", "2760"),
    ("1 wk", "d", "7"),
    ("0.8 mg/kg/min", "mg/kg/h", "48"),
    ("2 L/d", "mL/d", "2000"),
]


@pytest.mark.parametrize(("text", "want", "value"), EXACT)
def test_conversions_are_exact(text: str, want: str, value: str) -> None:
    assert parse(text).to(want) == Quantity(Decimal(value), unit(want))


def test_a_conversion_without_an_exact_decimal_is_refused_until_rounded_by_a_rule() -> None:
    rate = parse("10 mg/h")
    with pytest.raises(UnitError, match="no exact decimal"):
        rate.to("mg/min")
    assert rate.rounded_to("mg/min", places=3) == Quantity.of("0.167", "mg/min")


SHOWN = [
    ("1500", "mg", "1,500 mg"),
    ("0.50", "mg", "0.5 mg"),
    ("5.0", "mg", "5 mg"),
    ("1000000", "units", "1,000,000 units"),
    ("1", "units", "1 unit"),
    ("999", "mL", "999 mL"),
    ("0.0045", "mL/h", "0.0045 mL/h"),
    ("2.5E+3", "mL", "2,500 mL"),
    ("0", "mg/h", "0 mg/h"),
]


@pytest.mark.hazard("HZ-007")
@pytest.mark.parametrize(("value", "symbol", "shown"), SHOWN)
def test_amounts_are_shown_without_the_zeros_that_cause_tenfold_errors(value: str, symbol: str, shown: str) -> None:
    assert show(Quantity(Decimal(value), unit(symbol))) == shown
    assert show_number(Decimal("1.0") + Decimal("0.0")) == "1"


def test_a_number_and_its_unit_stay_on_one_line_when_asked() -> None:
    assert show(Quantity.of(2, "g"), no_break=True) == "2\u00a0g"


def test_amounts_are_said_in_plain_words() -> None:
    assert say(Quantity.of(100, "mL/h")) == "100 milliliters each hour"
    assert say(Quantity.of(1, "h")) == "1 hour"
    assert say(Quantity.of("0.5", "mcg")) == "0.5 micrograms"


WIRE = [
    ("ug/kg/min", "ucum", "mcg/kg/min"),
    ("[iU]", "ucum", "units"),
    ("meq/L", "ucum", "mEq/L"),
    ("ml/h", "ucum", "mL/h"),
    ("MDC_DIM_MILLI_L_PER_HR", "mdc", "mL/h"),
    ("265266", "mdc", "mL/h"),
    ("MDC_DIM_MICRO_G_PER_KG_PER_MIN", "mdc", "mcg/kg/min"),
    ("ME", "x12", "mg"),
]


@pytest.mark.parametrize(("code", "vocabulary", "symbol"), WIRE)
def test_machine_codes_map_only_through_their_vocabulary(code: str, vocabulary: str, symbol: str) -> None:
    assert from_wire(code, vocabulary).symbol == symbol


@pytest.mark.parametrize(
    ("code", "vocabulary"),
    [("ML/h", "ucum"), ("U", "ucum"), ("[lb_av]", "ucum"), ("mL/h", "mdc"), ("cc", "ucum"), ("mg", "snomed")],
)
def test_an_unmapped_machine_code_is_refused(code: str, vocabulary: str) -> None:
    """UCUM reads ML as megalitre and U as an enzyme unit: neither is an infusion unit."""
    with pytest.raises(UnitError):
        from_wire(code, vocabulary)


def test_message_amounts_need_decimal_text_and_a_unit() -> None:
    assert from_json({"value": "0.5", "unit": "mg"}) == Quantity.of("0.5", "mg")
    for wrong in (
        {"value": 0.5, "unit": "mg"},
        {"value": "0.5"},
        {"value": "0.5", "unit": ""},
        {"value": "0.5", "unit": None},
        {"value": "-1", "unit": "mg"},
        {"value": "1e3", "unit": "mg"},
        {"value": "1", "unit": "mg", "extra": 1},
        {"unit": "mg"},
        "0.5 mg",
        None,
    ):
        with pytest.raises(UnitError):
            from_json(wrong)


def test_a_float_or_endless_number_never_becomes_a_quantity() -> None:
    with pytest.raises(UnitError):
        Quantity.of(0.1, "mg")  # type: ignore[arg-type]
    with pytest.raises(UnitError):
        Quantity(Decimal("NaN"), unit("mg"))
    with pytest.raises(UnitError):
        Quantity(Decimal("Infinity"), unit("mg"))


def test_equal_amounts_in_two_units_are_equal_and_sums_keep_the_first_unit() -> None:
    assert parse("1 g").equals(parse("1000 mg"))
    assert parse("1 g") + parse("500 mg") == Quantity.of("1.5", "g")
    assert parse("1 g") - parse("0.4 g") == Quantity.of("0.6", "g")
    assert parse("1 h") + parse("20 min") == Quantity.of("80", "min")
    assert parse("3 g").ratio_to(parse("1500 mg")) == 2


def test_every_allowed_unit_reads_as_itself() -> None:
    for symbol, known in UNITS.items():
        assert read_unit(symbol) is known


def test_ucum_codes_round_trip() -> None:
    assert to_ucum(unit("mcg/kg/min")) == "ug/kg/min"
    with pytest.raises(UnitError):
        to_ucum(unit("mL/h/site"))
