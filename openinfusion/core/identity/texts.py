"""Text that strangers send: brought to one Unicode form, with hidden or look-alike characters made visible.

Decides for every reader of outside data whether a name, a drug name or other text can be trusted as it looks.
Source: hazards HZ-006; Unicode Standard Annex 15 (NFC) and Technical Standard 39 (mixed scripts).
"""

from __future__ import annotations

import enum
import re
import unicodedata
from dataclasses import dataclass

from openinfusion.core.controls import control_is_on
from openinfusion.core.findings import Finding, Severity

SOURCE = "HZ-006; Unicode UAX 15, UTS 39"

_LINE_CHARACTERS = "\t\n\r"
_DIRECTION_MARKS = frozenset(
    "\N{ARABIC LETTER MARK}\N{LEFT-TO-RIGHT MARK}\N{RIGHT-TO-LEFT MARK}"
    "\N{LEFT-TO-RIGHT EMBEDDING}\N{RIGHT-TO-LEFT EMBEDDING}\N{POP DIRECTIONAL FORMATTING}"
    "\N{LEFT-TO-RIGHT OVERRIDE}\N{RIGHT-TO-LEFT OVERRIDE}"
    "\N{LEFT-TO-RIGHT ISOLATE}\N{RIGHT-TO-LEFT ISOLATE}\N{FIRST STRONG ISOLATE}\N{POP DIRECTIONAL ISOLATE}"
)
_JOINERS = frozenset("\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}")
_BLANK_LETTERS = frozenset(
    "\N{HANGUL CHOSEONG FILLER}\N{HANGUL JUNGSEONG FILLER}\N{HANGUL FILLER}\N{HALFWIDTH HANGUL FILLER}"
)
_LOOK_ALIKE_SCRIPTS = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"})
_WORD = re.compile(r"[^\W\d_]+")


class TextRole(enum.StrEnum):
    """What the text is for; names and drugs identify, so they are judged hardest."""

    NAME = "name"
    DRUG = "drug"
    PLAIN = "plain"


class TextProblem(enum.StrEnum):
    """What was wrong with a text."""

    CONTROL = "control"
    INVISIBLE = "invisible"
    MIXED_SCRIPT = "mixed_script"


@dataclass(frozen=True, slots=True)
class CleanText:
    """The text in NFC with hidden characters written out like ``[U+202E]``, and what was found."""

    text: str
    control: tuple[str, ...] = ()
    invisible: tuple[str, ...] = ()
    mixed_words: int = 0

    @property
    def is_clean(self) -> bool:
        return not (self.control or self.invisible or self.mixed_words)


def clean_text(text: str) -> CleanText:
    """One Unicode form, outer blanks removed, every hidden character visible."""
    if text.isascii() and text.isprintable():
        return CleanText(text.strip())
    text = unicodedata.normalize("NFC", text).strip()
    control: list[str] = []
    invisible: list[str] = []
    shown: list[str] = []
    for position, character in enumerate(text):
        problem = _problem_of(character, before=text[position - 1] if position else "")
        if problem is None:
            shown.append(character)
            continue
        shown.append(f"[U+{ord(character):04X}]")
        (control if problem is TextProblem.CONTROL else invisible).append(f"U+{ord(character):04X}")
    return CleanText("".join(shown), tuple(control), tuple(invisible), _count_mixed_words(text))


def clean_line(text: str) -> CleanText:
    """As ``clean_text``, and every run of blanks becomes one space: for names and other one-line fields."""
    return clean_text(" ".join(text.split()))


def text_findings(clean: CleanText, *, subject: str, role: TextRole) -> tuple[Finding, ...]:
    """What a person must know about this text. A name or drug with hidden characters stops the step."""
    if clean.is_clean or not control_is_on("HZ-006"):
        return ()
    findings: list[Finding] = []
    identifying = role is not TextRole.PLAIN
    if clean.control:
        findings.append(_finding("text.control_character", Severity.BLOCK, subject, clean.control))
    if clean.invisible:
        severity = Severity.BLOCK if identifying else Severity.INFORM
        findings.append(_finding("text.invisible_character", severity, subject, clean.invisible))
    if clean.mixed_words and identifying:
        findings.append(
            Finding(
                rule="text.mixed_script",
                severity=Severity.BLOCK,
                subject=subject,
                detail=f"This {role} mixes two alphabets in one word and may pass for another {role}. "
                "Ask the sender and type it again.",
                source=SOURCE,
                category="identity",
            )
        )
    return tuple(findings)


def _finding(rule: str, severity: Severity, subject: str, characters: tuple[str, ...]) -> Finding:
    listed = ", ".join(sorted(set(characters)))
    return Finding(
        rule=rule,
        severity=severity,
        subject=subject,
        detail=f"Hidden characters are shown by their code ({listed}). Ask the sender and type it again.",
        source=SOURCE,
        category="identity",
    )


def _problem_of(character: str, *, before: str) -> TextProblem | None:
    if character in _LINE_CHARACTERS:
        return None
    category = unicodedata.category(character)
    if character in _DIRECTION_MARKS or category in {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}:
        return TextProblem.CONTROL
    if character in _JOINERS:
        return None if _is_joining_letter(before) else TextProblem.INVISIBLE
    if category == "Cf" or character in _BLANK_LETTERS:
        return TextProblem.INVISIBLE
    return None


def _is_joining_letter(character: str) -> bool:
    """Persian and Indic names need joiners; Latin, Greek and Cyrillic ones never do."""
    if not character or unicodedata.category(character)[0] not in "LM":
        return False
    return _script(character) not in _LOOK_ALIKE_SCRIPTS


def _script(character: str) -> str:
    return unicodedata.name(character, "").partition(" ")[0]


def _count_mixed_words(text: str) -> int:
    scripts = ({_script(letter) for letter in word} & _LOOK_ALIKE_SCRIPTS for word in _WORD.findall(text))
    return sum(len(found) > 1 for found in scripts)
