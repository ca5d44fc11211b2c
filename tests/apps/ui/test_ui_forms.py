"""Forms render the design system themselves; what people typed is kept, each problem is said once per place."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from openinfusion.platform.ui import forms
from openinfusion.platform.ui.forms.base import problems_of
from openinfusion.platform.ui.forms.measures import parse_decimal
from openinfusion.platform.ui.forms.times import make_date, parse_date, parse_time


class Assessment(forms.Form):
    sections = (forms.Section("Power", ["outlet", "lock"]),)
    outlet = forms.YesNoUnknownField(
        "Is there a grounded outlet?", hint="Three holes.", missing="Choose about the outlet"
    )
    lock = forms.RadioField("Can it be locked?", [("yes", "Yes"), ("no", "No")], reveals={"no": "plan"}, required=False)
    plan = forms.TextField("What will be done?", rows=2, required=False)
    fridge = forms.DecimalField("Refrigerator temperature", suffix="°C", least=Decimal(-30), most=Decimal(60), places=1)
    dose = forms.QuantityField("Dose", ["mg", "ug"])
    therapy = forms.SelectField("Therapy", [("a", "Anti-infective")])
    agreed = forms.CheckField("Agrees")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("lock") == "yes" and data.get("plan"):
            raise ValidationError("A locked box needs no plan")
        return data


GOOD = {"outlet": "not_known", "fridge": "4.5", "dose_0": "500", "dose_1": "mg", "therapy": "a"}


def test_a_good_form_cleans_to_exact_values() -> None:
    form = Assessment(GOOD)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["fridge"] == Decimal("4.5")
    assert form.cleaned_data["dose"] == forms.EnteredQuantity(Decimal(500), "mg")
    assert form.cleaned_data["outlet"] == forms.YesNoUnknownField.NOT_KNOWN
    assert form.cleaned_data["agreed"] is False


def test_nothing_is_chosen_before_a_person_chooses(draw: Any) -> None:
    """A preselected answer is an answer nobody gave."""
    html = draw("{% form form %}", form=Assessment())
    assert " checked" not in html
    assert re.findall(r'<option value="([^"]*)"[^>]* selected', html) in ([], ["", ""])
    assert "error-summary" not in html


def test_each_problem_stands_once_in_the_summary_and_once_at_its_field(draw: Any) -> None:
    html = draw(
        "{% form form %}", form=Assessment({**GOOD, "outlet": "", "fridge": "4,5", "dose_1": "", "therapy": "zzz"})
    )
    summary = html[html.index('class="error-summary"') : html.index("</div>", html.index('class="error-summary"'))]
    assert "There are 4 problems" in summary
    assert 'href="#id_outlet_0"' in summary
    assert 'href="#id_fridge"' in summary
    assert 'href="#id_dose_0"' in summary
    assert html.count("Choose about the outlet") == 2
    assert html.count("Choose the unit") == 2
    assert html.count('aria-invalid="true"') >= 4
    assert 'value="4,5"' in html, "what was typed is kept"
    for target in re.findall(r'href="#([^"]+)"', summary):
        assert f'id="{target}"' in html


def test_a_problem_of_the_whole_form_is_in_the_summary_without_a_link() -> None:
    form = Assessment({**GOOD, "lock": "yes", "plan": "a box"})
    assert problems_of(form) == [("A locked box needs no plan", "")]


def test_labels_hints_and_errors_are_tied_to_the_control(draw: Any) -> None:
    html = draw("{% form form %}", form=Assessment({**GOOD, "outlet": "", "fridge": "x"}))
    assert '<label for="id_fridge">' in html
    assert 'aria-describedby="id_fridge_error id_fridge_unit"' in html
    assert '<fieldset class="field has-error" aria-describedby="id_outlet_helptext id_outlet_error">' in html
    for name in ("id_fridge_error", "id_fridge_unit", "id_outlet_helptext", "id_outlet_error"):
        assert html.count(f'id="{name}"') == 1


def test_a_question_of_one_answer_is_drawn_under_that_answer_only(draw: Any) -> None:
    html = draw("{% form form %}", form=Assessment())
    assert html.count('name="plan"') == 1
    assert html.index('value="no"') < html.index('class="reveal"') < html.index('name="plan"')


def test_sections_have_headings_and_the_rest_follows(draw: Any) -> None:
    html = draw("{% form form %}", form=Assessment())
    assert html.index("<h2>Power</h2>") < html.index('name="outlet"') < html.index('name="fridge"')


def test_a_form_has_protection_buttons_and_no_browser_messages(draw: Any) -> None:
    html = draw(
        '{% form form submit="Save and go on" second="Save and stop" second_name="stop" cancel_url="/x/" %}',
        form=Assessment(),
        csrf_token="token-of-test",
    )
    assert 'value="token-of-test"' in html
    assert "novalidate" in html
    assert " required" not in html
    assert ">Save and go on</button>" in html
    assert 'name="stop"' in html
    assert 'href="/x/"' in html


def test_typed_text_is_escaped(draw: Any) -> None:
    html = draw("{% form form %}", form=Assessment({**GOOD, "fridge": '"><script>alert(1)</script>'}))
    assert "<script" not in html


def test_hidden_fields_and_uploads(draw: Any) -> None:
    class Upload(forms.Form):
        version = forms.DecimalField("Version", required=False)
        file = forms.FileField("Referral")

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.fields["version"].widget = self.fields["version"].hidden_widget()

    html = draw("{% form form %}", form=Upload())
    assert 'enctype="multipart/form-data"' in html
    assert 'type="hidden" name="version"' in html
    assert ">Version<" not in html


# -- Numbers -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "number"),
    [("5", "5"), (" 0.5 ", "0.5"), ("-3.25", "-3.25"), ("+7", "7"), ("5.0", "5.0"), ("00012", "12")],
)
def test_plain_numbers_are_exact(typed: str, number: str) -> None:
    assert parse_decimal(typed) == Decimal(number)


def test_nothing_typed_stays_unknown() -> None:
    assert parse_decimal("  ") is None


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("1,000", "without commas"),
        ("0,5", "without commas"),
        ("5 mg", "only the number"),
        ("5mg", "only the number"),
        ("1e3", "only the number"),
        ("５", "in digits"),
        ("٥", "in digits"),
        ("5\u202e0", "invisible"),
        ("NaN", "in digits"),
        ("--5", "in digits"),
        ("1.2.3", "in digits"),
        ("5" * 31, "shorter"),
    ],
)
def test_a_number_that_could_be_misread_is_refused_with_what_to_do(typed: str, says: str) -> None:
    with pytest.raises(ValidationError) as caught:
        parse_decimal(typed)
    assert says in caught.value.messages[0]


@pytest.mark.hazard("HZ-007")
@pytest.mark.parametrize(("typed", "says"), [(".5", "0.5"), ("5.", "after the point"), ("-.25", "0.25")])
def test_a_number_with_a_bare_point_is_refused(typed: str, says: str) -> None:
    """A lost point makes .5 a 5: the person writes the zero."""
    with pytest.raises(ValidationError) as caught:
        parse_decimal(typed)
    assert says in caught.value.messages[0]


@pytest.mark.parametrize(("typed", "says"), [("61", "60 or less"), ("-31", "−30 or more"), ("4.55", "1 digits")])
def test_limits_of_typing_are_said_in_words(typed: str, says: str) -> None:
    assert says in Assessment({**GOOD, "fridge": typed}).errors["fridge"][0]


def test_whole_numbers() -> None:
    field = forms.IntegerField("Visits")
    assert field.clean("12") == 12
    with pytest.raises(ValidationError, match="whole"):
        field.clean("1.5")


# -- Quantities ------------------------------------------------------------------------------------------------------------


@pytest.mark.hazard("HZ-008")
def test_a_number_without_a_chosen_unit_is_no_dose() -> None:
    """5 may be mg or micrograms; nobody guesses."""
    field = forms.QuantityField("Dose", ["mg", "ug"])
    with pytest.raises(ValidationError, match="unit"):
        field.clean(["5", ""])


@pytest.mark.hazard("HZ-008")
@pytest.mark.parametrize("unit", ["U", "IU", "µg", "cc", "kg"])
def test_only_the_offered_units_are_taken(unit: str) -> None:
    with pytest.raises(ValidationError, match="unit"):
        forms.QuantityField("Dose", ["mg", "ug"]).clean(["5", unit])


def test_a_unit_without_an_amount_and_nothing_at_all() -> None:
    field = forms.QuantityField("Dose", ["mg"], required=False)
    assert field.clean(["", ""]) is None
    with pytest.raises(ValidationError, match="amount"):
        field.clean(["", "mg"])
    with pytest.raises(ValidationError, match="Write: Weight"):
        forms.QuantityField("Weight", ["kg"]).clean(["", ""])


def test_units_are_shown_in_words_nobody_misreads(draw: Any) -> None:
    html = draw("{% form form %}", form=Assessment())
    assert '<option value="ug">micrograms</option>' in html
    with pytest.raises(ValueError, match="misread"):
        forms.QuantityField("Dose", [("[iU]", "IU")])


def test_a_quantity_comes_back_into_its_boxes(draw: Any) -> None:
    first = {"dose": forms.EnteredQuantity(Decimal("500.0"), "mg")}
    html = draw("{% form form %}", form=Assessment(initial=first))
    assert 'value="500"' in html
    assert '<option value="mg" selected>' in html


def test_the_builder_makes_the_callers_object() -> None:
    assert (
        forms.QuantityField("Dose", ["mg"], build=lambda value, unit: f"{value}|{unit}").clean(["2.5", "mg"])
        == "2.5|mg"
    )


def test_limits_over_several_units_are_a_mistake_of_the_programmer() -> None:
    with pytest.raises(ValueError, match="one unit"):
        forms.QuantityField("Weight", ["kg", "[lb_av]"], most=Decimal(300))


# -- Days and times -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["2026-11-24", "24-Nov-2026", "24 november 2026", "24-NOV-2026"])
def test_a_day_typed_so_that_it_reads_one_way(typed: str) -> None:
    assert parse_date(typed) == date(2026, 11, 24)


@pytest.mark.parametrize(
    "typed", ["11/24/2026", "24.11.2026", "tomorrow", "24-Nov-26", "Nov 24 2026", "2026-13-01", "2026-02-30"]
)
def test_a_day_that_reads_two_ways_or_does_not_exist_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        parse_date(typed)


def test_a_year_of_two_digits_is_refused() -> None:
    with pytest.raises(ValidationError, match="four digits"):
        make_date("26", "11", "24")


def test_a_day_in_parts_says_which_part_is_missing() -> None:
    field = forms.DatePartsField("Date of birth", latest=date(2026, 11, 24))
    assert field.clean(["14", "3", "1961"]) == date(1961, 3, 14)
    with pytest.raises(ValidationError, match="the year"):
        field.clean(["14", "3", ""])
    with pytest.raises(ValidationError, match="does not exist"):
        field.clean(["31", "2", "1961"])
    with pytest.raises(ValidationError, match="24-Nov-2026 or an earlier day"):
        field.clean(["25", "11", "2026"])


def test_a_day_is_shown_in_its_box_as_it_is_written(draw: Any) -> None:
    class Days(forms.Form):
        start = forms.DateField("Start")
        born = forms.DatePartsField("Born")
        given = forms.DateTimeField("Given", zone="America/Chicago")

    first = {"start": date(2026, 11, 4), "born": date(1961, 3, 14), "given": datetime(2026, 11, 24, 16, 42, tzinfo=UTC)}
    html = draw("{% form form %}", form=Days(initial=first))
    assert 'value="04-Nov-2026"' in html
    assert '<option value="3" selected>March</option>' in html
    assert 'value="24-Nov-2026"' in html
    assert 'value="10:42"' in html
    assert "Which of the two" not in html


@pytest.mark.parametrize(
    ("typed", "at"), [("14:05", time(14, 5)), ("1405", time(14, 5)), ("9:30", time(9, 30)), ("00:00", time())]
)
def test_a_time_on_the_24_hour_clock(typed: str, at: time) -> None:
    assert parse_time(typed) == at


@pytest.mark.parametrize("typed", ["2:05 PM", "24:00", "9", "12:60", "noon"])
def test_other_times_are_refused(typed: str) -> None:
    with pytest.raises(ValidationError, match="24-hour"):
        parse_time(typed)


@pytest.mark.parametrize(
    ("typed", "utc"),
    [
        (["24-Nov-2026", "10:42", ""], datetime(2026, 11, 24, 16, 42, tzinfo=UTC)),
        (["01-Nov-2026", "01:30", "0"], datetime(2026, 11, 1, 6, 30, tzinfo=UTC)),
        (["01-Nov-2026", "01:30", "1"], datetime(2026, 11, 1, 7, 30, tzinfo=UTC)),
    ],
)
def test_a_moment_is_aware_and_in_the_patients_zone(typed: list[str], utc: datetime) -> None:
    assert forms.DateTimeField("Given", zone="America/Chicago").clean(typed) == utc


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (["01-Nov-2026", "01:30", ""], "twice"),
        (["08-Mar-2026", "02:30", ""], "does not exist"),
        (["24-Nov-2026", "", ""], "both"),
        (["", "10:42", ""], "both"),
    ],
)
def test_a_local_time_that_happens_twice_or_never_is_asked_back(typed: list[str], says: str) -> None:
    """The night the clock changes, 01:30 is two moments an hour apart, and 02:30 is none."""
    with pytest.raises(ValidationError, match=says):
        forms.DateTimeField("Given", zone="America/Chicago").clean(typed)


def test_the_question_which_of_the_two_appears_only_then(draw: Any) -> None:
    class Given(forms.Form):
        at = forms.DateTimeField("Given", zone="America/Chicago")

    form = Given({"at_0": "01-Nov-2026", "at_1": "01:30"})
    assert not form.is_valid()
    assert "Which of the two" in draw("{% form form %}", form=form)
    assert "Which of the two" not in draw("{% form form %}", form=Given())


def test_plain_django_fields_are_dressed_too(draw: Any) -> None:
    from django import forms as plain

    class Login(plain.Form):
        login = plain.EmailField(help_text="As invited")
        keep = plain.BooleanField(required=False)

    html = draw("{% form_fields form %}", form=Login({"login": "x"}))
    assert 'class="input"' in html
    assert "Login: Enter a valid email address." in html
    assert 'class="choice"' in html
