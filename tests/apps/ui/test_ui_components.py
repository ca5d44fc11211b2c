"""Components show what is known, from where, and who acts next; everything that comes from data is escaped."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.core.paginator import Paginator
from django.test import RequestFactory

from openinfusion.core.findings import Finding, Severity
from openinfusion.platform.ui import icons, plan_grid, shapes, verdicts

PATIENT = shapes.BannerPatient(
    family="Sampleford",
    given="Marigold",
    mrn="DEMO-004417",
    preferred="Mari",
    salutation="Ms",
    born=date(1961, 3, 14),
    sex="Female",
    weight_kg=Decimal("60.20"),
    weighed_on=date(2026, 11, 18),
    allergies=(shapes.Allergy(substance="cefazolin", reaction="hives", since="2009"), shapes.Allergy(substance="tape")),
)
EVIL = '<img src=x onerror="alert(1)">'


def words(html: str) -> str:
    """The text of a piece of HTML, spaces folded."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html))).strip()


# -- Banner ----------------------------------------------------------------------------------------------------------------


def test_the_banner_labels_every_fact_allergy_with_reaction_weight_with_date(draw: Any) -> None:
    text = words(draw("{% patient_banner patient on=day %}", patient=PATIENT, day=date(2026, 11, 24)))
    assert "SAMPLEFORD, Marigold Ms, likes to be called Mari" in text
    assert "Born 14-Mar-1961 (65 y)" in text
    assert "Sex Female" in text
    assert "MRN DEMO-004417" in text
    assert "Weight 60.2 kg 18-Nov-2026" in text
    assert "ceFAZolin hives, 2009" in text
    assert "tape reaction not known" in text


def test_what_nobody_knows_is_said_in_words(draw: Any) -> None:
    text = words(
        draw("{% patient_banner patient %}", patient=shapes.BannerPatient(family="Ficton", given="Bram", mrn=""))
    )
    assert "Born Not known" in text
    assert "Sex Not known" in text
    assert "MRN Not known" in text
    assert "Weight Not known" in text
    assert "Allergies Not known nobody has asked yet" in text


def test_no_allergy_is_only_said_after_somebody_asked(draw: Any) -> None:
    """A blank allergy list is not "none known"."""
    asked = shapes.BannerPatient(
        family="A", given="B", mrn="1", allergies_checked=True, allergies_checked_on=date(2026, 11, 23)
    )
    assert "None known asked 23-Nov-2026" in words(draw("{% patient_banner patient %}", patient=asked))


def test_a_weight_without_a_date_says_so(draw: Any) -> None:
    patient = {"family": "A", "given": "B", "mrn": "1", "weight_kg": Decimal(80), "weighed_on": None}
    assert "80 kg date not known" in words(draw("{% patient_banner patient %}", patient=patient))


def test_names_from_outside_are_escaped(draw: Any) -> None:
    html = draw("{% patient_banner patient %}", patient={"family": EVIL, "given": EVIL, "mrn": EVIL, "sex": EVIL})
    assert "<img" not in html
    assert "&lt;img" in html


# -- Verdicts -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verdict", "css", "word"),
    [("ready", "ready", "Ready"), ("at_risk", "risk", "At risk"), ("risk", "risk", "At risk"), ("blocked", "blocked", "Blocked"),
     ("", "unknown", "Not known"), (None, "unknown", "Not known"), ("reday", "unknown", "Not known")],
)  # fmt: skip
def test_a_chip_has_shape_and_word_and_an_unknown_verdict_is_never_ready(
    draw: Any, verdict: Any, css: str, word: str
) -> None:
    html = draw("{% chip verdict %}", verdict=verdict)
    assert f"chip--{css}" in html
    assert "<svg" in html
    assert words(html) == word


def test_dots_say_their_counts(draw: Any) -> None:
    conditions = [{"verdict": "ready"}] * 8 + [{"verdict": "risk"}, {"verdict": "blocked"}, {"verdict": None}]
    html = draw("{% dots conditions %}", conditions=conditions)
    assert words(html) == "8 ready, 1 at risk, 1 blocked , 1 not known".replace(" ,", ",")
    assert html.count("<svg") == 11


def test_a_gate_puts_first_what_stands_in_the_way_with_owner_and_what_clears_it(draw: Any) -> None:
    gate = shapes.Gate(
        verdict="blocked",
        subject="PRETENDO, Hana",
        conditions=(
            shapes.Condition(name="Labs", verdict="ready", facts="ALT 24 units/L"),
            shapes.Condition(name="Home", verdict="", facts=""),
            shapes.Condition(
                name="Kit", verdict="blocked", facts="expired 21-Nov-2026", owner="Samir Contoso", clears="replace"
            ),
        ),
    )
    html = draw("{% gate gate %}", gate=gate)
    text = words(html)
    assert text.index("Kit") < text.index("Home") < text.index("Labs")
    assert "2 of 3 conditions are not met" in text
    assert "Samir Contoso : replace" in text
    assert "Home not known Not known No owner yet" in text
    assert '<span class="nowrap">21-Nov-2026</span>' in html


def test_a_gate_without_facts_is_not_ready(draw: Any) -> None:
    html = draw("{% gate gate %}", gate={"verdict": "ready?", "subject": "x", "conditions": []})
    assert "gate--blocked" in html
    assert "a visit without facts is not ready" in words(html)


# -- Findings --------------------------------------------------------------------------------------------------------------------


def test_findings_are_gravest_first_with_datum_rule_and_source(draw: Any) -> None:
    listed = [
        Finding("renal.trend v2", Severity.INFORM, "creatinine", "Clearance is 47 mL/min.", "label 5.2"),
        Finding("labs.baseline-cpk v3", Severity.BLOCK, "CPK", "CPK is not known before daptomycin.", "label 5.1"),
    ]
    html = draw(
        '{% findings listed checked=22 not_checked=skipped rules="2026.11" %}', listed=listed, skipped=["pregnancy"]
    )
    text = words(html)
    assert text.index("Block") < text.index("Inform")
    assert "CPK is not known before DAPTOmycin. Datum: CPK Rule: labs.baseline-cpk v3 Source: label 5.1" in text
    assert "Checked 22. Not checked 1: pregnancy. Rules 2026.11." in text
    assert "safe" not in text.lower()


def test_no_finding_says_what_was_checked_and_never_that_it_is_safe(draw: Any) -> None:
    text = words(draw("{% findings listed %}", listed=[]))
    assert text == "No finding among the checks that were made. Number of checks not known."


def test_a_severity_nobody_knows_is_shown_as_the_gravest(draw: Any) -> None:
    html = draw("{% findings listed %}", listed=[{"severity": "odd", "detail": EVIL, "rule": "r", "source": "s"}])
    assert "sev--block" in html
    assert "<img" not in html
    assert verdicts.gravity("odd") == 3


# -- Buttons ---------------------------------------------------------------------------------------------------------------------------


def test_a_refusal_is_a_sentence_beside_the_disabled_button(draw: Any) -> None:
    html = draw('{% refusal_button "Verify and sign" refusal="CPK is not known." name="sign" %}')
    described = re.search(r'aria-describedby="([^"]+)"', html)
    assert described
    assert f'id="{described[1]}"' in html
    assert 'aria-disabled="true"' in html
    assert 'type="button"' in html
    assert 'name="sign"' not in html, "a refused button sends nothing"
    assert "CPK is not known." in words(html)


def test_without_a_refusal_it_is_a_button_or_a_link(draw: Any) -> None:
    assert draw('{% refusal_button "Send" name="send" form="f1" %}') == (
        '<button class="btn" type="submit" name="send" value="1" form="f1">Send</button>'
    )
    assert (
        draw('{% refusal_button "Open" url=url %}', url="/x/?a=1&b=2")
        == '<a class="btn" href="/x/?a=1&amp;b=2">Open</a>'
    )


# -- Lists and facts -----------------------------------------------------------------------------------------------------------------------------


def test_a_summary_list_writes_not_known_and_drugs_in_tall_man(draw: Any) -> None:
    facts = [("Route", "intravenous"), ("Pump", None), shapes.Fact(label="Medicine", value="infliximab", drug=True)]
    text = words(draw("{% summary_list facts %}", facts=facts))
    assert text == "Route intravenous Pump Not known Medicine inFLIXimab"


def test_a_figure_carries_its_count_and_range(draw: Any) -> None:
    html = draw('{% figure "Hospital stays" "1.2" unit="%" numerator=5 denominator=412 range="0.5 to 2.8 %" %}')
    assert words(html) == "Hospital stays 1.2 % 5 of 412; 95 % range 0.5 to 2.8 %"
    assert "Not known" in draw('{% figure "Notes" None %}')


def test_a_queue_is_a_table_with_header_labels_and_a_row_heading(draw: Any) -> None:
    table = shapes.Table(
        caption="Visits",
        columns=(shapes.Column(label="Patient"), shapes.Column(label="Age", numeric=True)),
        rows=(shapes.Row(cells=(shapes.Cell(text="FICTON", url="/e/1/"), None), is_selected=True),),
        more="3 more below.",
    )
    html = draw("{% queue_table table %}", table=table)
    assert '<th scope="row"><a href="/e/1/">FICTON</a></th>' in html
    assert 'data-label="Age" class="num"' in html
    assert "Not known" in html
    assert "data-keys" in html
    assert "3 more below." in html


def test_an_empty_queue_says_so(draw: Any) -> None:
    table = shapes.Table(
        caption="Visits", columns=(), rows=(), empty_title="No visits", empty_text="Nothing is planned."
    )
    assert words(draw("{% queue_table table %}", table=table)) == "No visits Nothing is planned."


def test_pages_keep_the_filters_of_the_address(draw: Any) -> None:
    request = RequestFactory().get("/list/?verdict=blocked&page=2")
    html = draw("{% pagination page %}", page=Paginator(range(95), 10).get_page(2), request=request)
    assert 'href="?verdict=blocked&amp;page=3" rel="next"' in html
    assert 'aria-current="page"' in html
    assert "11 to 20 of 95" in words(html)


def test_a_journey_says_each_state_in_words(draw: Any) -> None:
    steps = [
        shapes.Step(label="Verified", state="done"),
        shapes.Step(label="Visit", state="now"),
        shapes.Step(label="Claim"),
    ]
    html = draw("{% journey steps %}", steps=steps)
    assert words(html) == "Verified , done Visit , now Claim , still ahead"
    assert html.count('aria-current="step"') == 1


def test_a_time_line_is_on_the_patients_clock(draw: Any) -> None:
    events = [
        shapes.Event(say="Given", at=datetime(2026, 11, 24, 16, 42, tzinfo=UTC)),
        shapes.Event(say="Delivery failed", at=date(2026, 11, 22), state="stop"),
        shapes.Event(say="Rate raised", when="today 10:30", state="now"),
    ]
    text = words(draw('{% timeline events zone="America/Chicago" %}', events=events))
    assert text == "24-Nov-2026 10:42 Given 22-Nov-2026 Delivery failed (problem) today 10:30 Rate raised"


def test_a_drug_line_is_generic_first_then_dose(draw: Any) -> None:
    text = words(
        draw('{% drug_line "cefTRIAXone" dose="2 g" form="in 50 mL" route="intravenous" brand="Examplecef" %}')
    )
    assert text == "cefTRIAXone DOSE 2 g in 50 mL, intravenous Brand as dispensed: Examplecef"


@pytest.mark.parametrize(
    ("source", "context", "text"),
    [
        ("{{ v|quantity:'mg' }}", {"v": Decimal("0.50")}, "0.5 mg"),
        ("{{ v|quantity:'mg' }}", {"v": None}, "Not known"),
        ("{{ v|money }}", {"v": 431000}, "$4,310.00"),
        ("{{ v|number:1 }}", {"v": Decimal("1.26")}, "1.3"),
        ("{{ v|not_known }}", {"v": ""}, "Not known"),
        ("{{ v|not_known }}", {"v": 0}, "0"),
        ("{{ v|moment:'America/Chicago' }}", {"v": None}, "Not known"),
        ("{{ v|patient_day }}", {"v": date(2026, 12, 15)}, "Tuesday, December 15"),
        ("{{ v|duration }}", {"v": 3481}, "58 min 1 s"),
        ("{{ v|keep }}", {"v": "<5 mg> on 24-Nov-2026"}, "<5 mg> on 24-Nov-2026"),
    ],
)
def test_filters_write_values_and_never_a_blank(draw: Any, source: str, context: dict[str, Any], text: str) -> None:
    assert words(draw(source, **context)) == text


def test_an_icon_is_hidden_from_screen_readers_and_a_wrong_name_fails_at_once(draw: Any) -> None:
    for name in icons.NAMES:
        assert 'aria-hidden="true"' in icons.icon(name)
    with pytest.raises(ValueError, match="no icon"):
        icons.icon("nonsense")


# -- Planning board ------------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "css"),
    [((6, 0), (6, 5), "at-0 for-1"), ((9, 0), (12, 0), "at-36 for-36"), ((5, 0), (7, 0), "at-0 for-12"), ((21, 0), (23, 30), "at-180 for-12"),
     ((9, 2), (9, 4), "at-36 for-1"), ((9, 0), (9, 7), "at-36 for-2"), ((23, 0), (23, 30), "at-191 for-1")],
)  # fmt: skip
def test_a_bar_lies_on_five_minute_slots_inside_the_window(
    start: tuple[int, int], end: tuple[int, int], css: str
) -> None:
    from datetime import time

    assert plan_grid.LONG_DAY.placed(time(*start), time(*end)) == css


def test_a_visit_over_midnight_runs_to_the_end_of_the_board() -> None:
    start, end = datetime(2026, 11, 24, 21, 0, tzinfo=UTC), datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
    assert plan_grid.LONG_DAY.placed(start, end) == "at-180 for-12"
