"""The refusal of a document that cannot be read as a referral: a code, a sentence, and where it broke.

For whoever sends or uploads a file. The sentence names the remedy and never holds content of the document.
"""

from __future__ import annotations


class UnreadableReferral(Exception):
    """Input that is not a referral we can read; nothing of it is taken over."""

    def __init__(self, code: str, message: str, path: str = "") -> None:
        super().__init__(f"{message} ({path})" if path else message)
        self.code = code
        self.message = message
        self.path = path
