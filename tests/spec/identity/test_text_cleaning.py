"""Rule book of text from outside: legal letters stay, hidden characters become visible, look-alikes stop (HZ-006)."""

from __future__ import annotations

import pytest

from openinfusion.core.findings import Severity
from openinfusion.core.identity import TextRole, clean_line, clean_text, text_findings

LEGAL_NAMES = [
    "O'Keefe",
    "Sampleford-García",
    "Nguyễn",
    "Łukasz",
    "Björk",
    "李小龍",
    "Мария",
    "עינב",
    "Ó Briain",
    "علی\N{ZERO WIDTH NON-JOINER}رضا",
]


@pytest.mark.parametrize("name", LEGAL_NAMES)
def test_a_legal_name_is_left_alone(name):
    """Names in any script are people's names; Persian ones need the zero width non-joiner."""
    clean = clean_line(name)
    assert clean.is_clean
    assert clean.text == name


def test_two_ways_to_write_one_letter_become_one():
    """NFC: the composed and the decomposed form must compare equal."""
    assert clean_line("Garci\N{COMBINING ACUTE ACCENT}a").text == "Garc\N{LATIN SMALL LETTER I WITH ACUTE}a"


HIDDEN = [
    ("Sample\N{RIGHT-TO-LEFT OVERRIDE}ford", "Sample[U+202E]ford", "text.control_character"),
    ("Ficton\x00", "Ficton[U+0000]", "text.control_character"),
    ("Fic\x1bton", "Fic[U+001B]ton", "text.control_character"),
    ("Test\N{ZERO WIDTH SPACE}well", "Test[U+200B]well", "text.invisible_character"),
    ("Test\N{SOFT HYPHEN}well", "Test[U+00AD]well", "text.invisible_character"),
    ("Test\N{ZERO WIDTH JOINER}well", "Test[U+200D]well", "text.invisible_character"),
    ("Test\N{HANGUL FILLER}well", "Test[U+3164]well", "text.invisible_character"),
]


@pytest.mark.hazard("HZ-006")
@pytest.mark.parametrize(("name", "shown", "rule"), HIDDEN)
def test_hidden_characters_are_shown_and_stop_a_name(name, shown, rule):
    """ASVS 1.2.1: what cannot be seen is written out, and a person must look."""
    clean = clean_line(name)
    findings = text_findings(clean, subject="name[0].family", role=TextRole.NAME)
    assert clean.text == shown
    assert [(finding.rule, finding.severity) for finding in findings] == [(rule, Severity.BLOCK)]


@pytest.mark.hazard("HZ-006")
@pytest.mark.parametrize("word", ["S\N{CYRILLIC SMALL LETTER A}mpleford", "vanc\N{GREEK SMALL LETTER OMICRON}mycin"])
def test_a_word_of_two_alphabets_stops(word):
    """A Cyrillic a in a Latin name makes a second patient who looks like the first."""
    findings = text_findings(clean_line(word), subject="drug", role=TextRole.DRUG)
    assert [(finding.rule, finding.severity) for finding in findings] == [("text.mixed_script", Severity.BLOCK)]


def test_greek_beside_latin_in_separate_words_is_no_look_alike():
    assert text_findings(clean_text("β-lactam, interferon α-2b"), subject="drug", role=TextRole.DRUG) == ()


def test_an_invisible_character_in_other_text_only_informs():
    """The HL7 sample document writes a zero width space into a laboratory name."""
    findings = text_findings(clean_text("[#/\N{ZERO WIDTH SPACE}volume]"), subject="code", role=TextRole.PLAIN)
    assert [finding.severity for finding in findings] == [Severity.INFORM]


def test_line_breaks_stay_in_notes_and_vanish_in_names():
    assert clean_text("one\ntwo").text == "one\ntwo"
    assert clean_line(" one \n  two ").text == "one two"
