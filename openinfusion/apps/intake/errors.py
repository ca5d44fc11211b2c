"""How a referral is turned away: every sentence names the remedy, and nothing was stored."""

from __future__ import annotations

from django.conf import settings

from openinfusion.core.referrals import UnreadableReferral
from openinfusion.platform.errors import BadInput


class TooLarge(BadInput):
    """The upload is over the limit of this program."""

    status = 413

    def __init__(self) -> None:
        limit = settings.UPLOAD_LIMIT_BYTES // (1024 * 1024)
        super().__init__(
            {"file": f"The file is over {limit} MB. Send fewer documents at once. Nothing was stored."},
            code="too_large",
        )


def unreadable(error: UnreadableReferral) -> BadInput:
    """The reader's sentence with the place in the document."""
    place = f" ({error.path})" if error.path else ""
    return BadInput({"file": f"{error.message}{place} Nothing was stored."}, code=error.code)


def not_a_person(sentences: str) -> BadInput:
    """The person cannot be registered from what was sent."""
    return BadInput(
        {"patient": f"This person cannot be registered: {sentences} Ask the sender to correct it and send the "
                    "referral again. Nothing was stored."},
        code="patient_unusable",
    )  # fmt: skip
