"""Names as plain letters: the same spelling goes out on a claim and is compared when the payment comes back.

For the 837P writer and posting. X12 allows no accented letters without a trading partner agreement.
"""

from __future__ import annotations

import unicodedata

_SPELLED_OUT = str.maketrans(
    {
        "ß": "SS", "ẞ": "SS", "æ": "AE", "Æ": "AE", "œ": "OE", "Œ": "OE", "ø": "O", "Ø": "O", "ł": "L",
        "Ł": "L", "đ": "D", "Đ": "D", "ð": "D", "Ð": "D", "þ": "TH", "Þ": "TH", "ı": "I", "’": "'",
        "‘": "'", "–": "-", "‐": "-", "\u00a0": " ",
    }
)  # fmt: skip


def plain_letters(text: str) -> str:
    """Capital letters without accents. What has no plain spelling stays, for the writer to refuse."""
    folded = unicodedata.normalize("NFKD", text.translate(_SPELLED_OUT))
    return "".join(c for c in folded if not unicodedata.combining(c)).upper()
