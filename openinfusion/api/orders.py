"""``POST /api/orders/check``: one case of the published order-check contract in, one answer out. Nothing is stored."""

from __future__ import annotations

import json
from typing import Any

from ninja import Router

from openinfusion.api.access import needs
from openinfusion.apps.pharmacy.public import SEE, ruleset_of
from openinfusion.core.orders.contract import answer_case
from openinfusion.core.orders.rules import RuleSet
from openinfusion.platform.access import Access, Request
from openinfusion.platform.errors import BadInput, Refused
from openinfusion.rulepacks.order_rules import proposed_rules

router = Router(tags=["orders"])


@router.post("/check", summary="Check one order", url_name="orders_check")
@needs(SEE)
def check(request: Request, rules: str = "") -> dict[str, Any]:
    """The body is one case. ``rules=proposed`` counts every row verified at grade A or B, in a demo program only."""
    by: Access = request.access
    return answer_case(_body(request), _rules(by, rules))


def _body(request: Request) -> Any:
    try:
        return json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise BadInput({"body": "Send one case as a JSON object in UTF-8."}) from error


def _rules(by: Access, rules: str) -> RuleSet:
    if not rules:
        return ruleset_of(by.tenant_id)
    if rules != "proposed":
        raise BadInput({"rules": "Write proposed, or leave it out for the rules approved in the program."})
    if not by.is_demo:
        raise Refused("demo_only", "Rules nobody approved count only in a program marked demo.")
    return proposed_rules()
