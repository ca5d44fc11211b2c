"""`openinfusion import-referral`: one document, or a folder of a FHIR Bulk Data export."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any


def register(subparsers: argparse._SubParsersAction) -> None:
    parser = subparsers.add_parser("import-referral", help="take in a referral document or a folder of bulk data")
    parser.add_argument(
        "path", type=Path, help="FHIR R4 Bundle, NDJSON file, C-CDA document, or folder of NDJSON files"
    )
    parser.add_argument("--site", default="", help="name of the site that takes it (default: the only one)")
    parser.add_argument("--tenant", default="", help="short name of the program (default: the only one)")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Exit 0 when everybody was taken in, 1 when somebody of a folder was not, 2 when the input cannot be used."""
    from openinfusion.apps.intake.public import choose_site
    from openinfusion.platform.access import system_access
    from openinfusion.platform.tenancy import scope

    program = _program(options.tenant)
    with scope.tenant(program.pk):
        by = system_access(program.pk, name="Import by command")
        answer = _receive(options.path, site=choose_site(name=options.site, by=by), by=by)
    if options.json:
        print(json.dumps(answer, indent=1))
    else:
        _say(answer)
    return 1 if answer["turned_away"] else 0


def _program(slug: str) -> Any:
    from openinfusion.platform.errors import BadInput
    from openinfusion.platform.tenancy.models import Tenant

    rows = list(Tenant.objects.filter(slug=slug) if slug else Tenant.objects.order_by("slug"))
    if len(rows) != 1:
        names = ", ".join(Tenant.objects.order_by("slug").values_list("slug", flat=True)) or "none yet"
        raise BadInput({"tenant": f"Name the program: {names}."})
    return rows[0]


def _receive(path: Path, *, site: Any, by: Any) -> dict[str, list[dict[str, Any]]]:
    from openinfusion.apps.intake.public import receive_bulk, receive_referral, refuse_oversized
    from openinfusion.platform import clock
    from openinfusion.platform.errors import BadInput

    at = clock.now()
    if path.is_dir():
        receipt = receive_bulk(path, channel="command", site=site, by=by, at=at)
        turned = [{"reference": one.reference, "why": one.sentence} for one in receipt.turned_away]
        return {"referrals": [_row(one) for one in receipt.referrals], "turned_away": turned}
    try:
        refuse_oversized(path.stat().st_size)
        content = path.read_bytes()
    except OSError as error:
        raise BadInput({"path": f"The file cannot be read ({error.strerror})."}) from None
    found = receive_referral(content, file_name=path.name, content_type="", channel="command", site=site, by=by, at=at)
    return {"referrals": [_row(one) for one in found], "turned_away": []}


def _row(referral: Any) -> dict[str, Any]:
    return {
        "number": referral.number,
        "therapy": referral.therapy_id,
        "completeness_score": referral.completeness_score,
        "findings": referral.findings.count(),
        "patient_match": referral.patient_match,
    }


def _say(answer: dict[str, list[dict[str, Any]]]) -> None:
    for one in answer["referrals"]:
        therapy = one["therapy"] or "therapy not recognised"
        print(
            f"{one['number']}: {therapy}, {one['completeness_score']} percent complete, {one['findings']} findings, "
            f"{one['patient_match']} patient"
        )
    for one in answer["turned_away"]:
        print(f"{one['reference']}: not taken in. {one['why']}", file=sys.stderr)
    print(f"{len(answer['referrals'])} received, {len(answer['turned_away'])} not taken in")
