"""POST /api/referrals: a referral document as the body, answered with what was understood and what is missing."""

from __future__ import annotations

from typing import Any

from ninja import Router

from openinfusion.api.access import needs
from openinfusion.apps.intake.public import (
    RECEIVE,
    Referral,
    choose_site,
    receive_referral,
    refuse_oversized,
)
from openinfusion.platform import clock
from openinfusion.platform.access import Request

router = Router(tags=["referrals"])


@router.post("")
@needs(RECEIVE)
def receive(request: Request, site: str = "", file_name: str = "") -> list[dict[str, Any]]:
    """The body is the document (FHIR R4 JSON, NDJSON or C-CDA). The same document again returns the same referral."""
    length = request.headers.get("Content-Length", "")
    refuse_oversized(int(length) if length.isdigit() else 0)
    content = request.body
    by = request.access
    received = receive_referral(
        content, file_name=file_name or "referral", content_type=request.content_type or "", channel="api",
        site=choose_site(name=site, by=by), by=by, at=clock.now(),
    )  # fmt: skip
    return [answer(one) for one in received]


def answer(referral: Referral) -> dict[str, Any]:
    """One referral without health information beyond what the sender asked for."""
    return {
        "id": referral.pk,
        "number": referral.number,
        "status": referral.status,
        "therapy": referral.therapy_id,
        "patient_match": referral.patient_match,
        "completeness_score": referral.completeness_score,
        "missing": [{"element": one["element"], "sentence": one["sentence"]} for one in referral.missing],
        "findings": [
            {"rule": one.rule, "severity": one.severity, "subject": one.subject, "detail": one.detail}
            for one in referral.findings.order_by("pk")
        ],
    }
