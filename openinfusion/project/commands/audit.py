"""`openinfusion audit verify` and `openinfusion audit anchor`."""

from __future__ import annotations

import argparse
from pathlib import Path


def register(subparsers: argparse._SubParsersAction) -> None:
    parser = subparsers.add_parser("audit", help="check or anchor the audit chain")
    actions = parser.add_subparsers(dest="action", required=True)
    check = actions.add_parser("verify", help="check every link and the anchors; exit 1 when a fault is found")
    check.add_argument("--anchors", type=Path, help="file with anchors (default: in the data folder)")
    check.set_defaults(run=verify)
    write = actions.add_parser("anchor", help="write the head of every chain to a file kept elsewhere")
    write.add_argument("--anchors", type=Path, help="file to append to (default: in the data folder)")
    write.set_defaults(run=anchor)


def verify(options: argparse.Namespace) -> int:
    from django.conf import settings

    from openinfusion.platform import audit
    from openinfusion.platform.tenancy import scope
    from openinfusion.platform.tenancy.models import Tenant

    faulty = False
    with scope.every_tenant():
        for tenant in Tenant.objects.order_by("id"):
            verdict = audit.verify(tenant_id=tenant.pk, anchors=options.anchors or settings.AUDIT_ANCHOR_FILE)
            print(f"{verdict.tenant}: {verdict.checked:,} entries checked, {len(verdict.faults)} faults")
            for fault in verdict.faults:
                print(f"  {fault}")
            faulty = faulty or bool(verdict.faults)
    return 1 if faulty else 0


def anchor(options: argparse.Namespace) -> int:
    from django.conf import settings

    from openinfusion.platform import audit
    from openinfusion.platform.tenancy import scope

    target = options.anchors or settings.AUDIT_ANCHOR_FILE
    with scope.every_tenant():
        print(f"{audit.anchor(anchors=target)} chain heads written to {target}")
    return 0
