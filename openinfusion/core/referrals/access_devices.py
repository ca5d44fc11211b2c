"""Which vascular or subcutaneous access a sender's words mean; unknown words mean no access device.

For referral completeness. Source: INS terms for vascular access devices (professional knowledge); the kinds
are those of the order contract.
"""

from __future__ import annotations

from openinfusion.core.identity.names import name_key

_WORDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("picc", ("picc", "peripherally inserted central")),
    ("midline", ("midline catheter", "midline")),
    (
        "port",
        (
            "implanted port",
            "implanted venous port",
            "venous access port",
            "port a cath",
            "portacath",
            "mediport",
        ),
    ),
    ("tunneled", ("tunneled", "tunnelled", "hickman", "broviac", "groshong")),
    ("central", ("central venous catheter", "central line", "cvc")),
    ("subcutaneous", ("subcutaneous needle", "subcutaneous infusion set", "subcutaneous catheter")),
    (
        "peripheral",
        (
            "peripheral intravenous",
            "peripheral venous",
            "peripheral iv",
            "peripheral cannula",
            "peripheral vein",
            "winged infusion set",
            "butterfly needle",
        ),
    ),
)


def recognise_access(text: str) -> str:
    """The kind of access device named in a text, or empty. The first, most specific kind wins."""
    padded = f" {name_key(text)} "
    for kind, phrases in _WORDS:
        if any(f" {phrase} " in padded for phrase in phrases):
            return kind
    return ""
