"""What typed text may contain: legal letters of any language, no hidden characters, no look-alike mixtures (HZ-006).

Names keep their letters. Control characters, bidirectional overrides, invisible and unassigned characters are refused
with a sentence, because a label that reads one way and sorts another can change a drug.
"""

from __future__ import annotations

import re
import unicodedata

from django.utils.translation import gettext

from openinfusion.core.controls import control_is_on

_REFUSED_CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_JOINERS = "\u200c\u200d"  # legal inside words of Persian, Hindi and others
_LINE_BREAKS = "\n\r\t"
_WORD = re.compile(r"[^\W\d_]+")


def normalise(text: str) -> str:
    """Composed form (NFC), line ends as ``\\n``."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def refusal_of(text: str, *, multiline: bool = False, one_script: bool = False) -> str:
    """The sentence that says why a text cannot be accepted, or an empty text when it can."""
    if not control_is_on("HZ-006"):
        return ""
    for index, character in enumerate(text):
        if not _is_hidden(text, index, multiline=multiline):
            continue
        return gettext(
            "Remove the invisible or unreadable character at position %(position)s (U+%(code)s), or type the text again"
        ) % {"position": index + 1, "code": f"{ord(character):04X}"}
    if one_script and (word := _mixed_word(text)):
        return gettext("“%(word)s” mixes letters of two alphabets that look alike. Type it again in one alphabet") % {
            "word": word
        }
    return ""


def _is_hidden(text: str, index: int, *, multiline: bool) -> bool:
    character = text[index]
    if multiline and character in _LINE_BREAKS:
        return False
    if character in _JOINERS:
        return not (0 < index < len(text) - 1 and _joins(text[index - 1]) and _joins(text[index + 1]))
    return unicodedata.category(character) in _REFUSED_CATEGORIES


def _joins(character: str) -> bool:
    """Letters and marks beside which a joiner is ordinary spelling: any script but Latin, Greek and Cyrillic."""
    is_letter = unicodedata.category(character)[0] in "LM"
    return is_letter and _script(character) not in ("LATIN", "GREEK", "CYRILLIC")


def _mixed_word(text: str) -> str:
    for match in _WORD.finditer(text):
        scripts = {_script(character) for character in match.group()}
        if len(scripts & {"LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "CHEROKEE", "FULLWIDTH"}) > 1:
            return match.group()
        if "FULLWIDTH" in scripts or "MATHEMATICAL" in scripts:
            return match.group()
    return ""


def _script(character: str) -> str:
    """First word of the character's Unicode name, which names its script for letters."""
    return unicodedata.name(character, "UNKNOWN").split(" ", 1)[0]
