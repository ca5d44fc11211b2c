"""Names made comparable: case, accents, punctuation and spacing do not make another person.

For the duplicate and the two-identifier check. Source: design proposal; the shown name is never changed.
"""

from __future__ import annotations

import re
import unicodedata

_NOT_LETTER_OR_DIGIT = re.compile(r"[\W_]+")
_INSIDE_A_NAME = re.compile(r"['’ʼ`.]")


def name_key(text: str) -> str:
    """``O'Keefe-García`` becomes ``okeefe garcia``. Empty when nothing but punctuation was given."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    decomposed = unicodedata.normalize("NFKD", decomposed).casefold()
    plain = "".join(character for character in decomposed if not unicodedata.combining(character))
    return _NOT_LETTER_OR_DIGIT.sub(" ", _INSIDE_A_NAME.sub("", plain)).strip()


def name_words(text: str) -> tuple[str, ...]:
    """The words of a name key."""
    return tuple(name_key(text).split())


def phone_key(text: str) -> str:
    """The digits of a phone number without the country code of North America; empty when too short."""
    digits = "".join(character for character in text if character.isascii() and character.isdigit())
    if len(digits) == 11 and digits.startswith("1"):
        digits = digits[1:]
    return digits if len(digits) >= 7 else ""


def identifier_key(text: str) -> str:
    """An identifier without blanks, dashes and case: how people copy member and record numbers."""
    return _NOT_LETTER_OR_DIGIT.sub("", text.casefold())
