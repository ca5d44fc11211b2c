"""The demo payer: answers a sent claim with a test 835 at the contract's amounts, in demo programs only.

Also loads invented rates into a demo program, each marked as invented. Neither exists for a real program.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from openinfusion.apps.billing.models import Claim, ContractRate, ProductFact, Remittance
from openinfusion.apps.billing.policies import CONTRACTS, POST
from openinfusion.apps.billing.services.checking import billing_rules
from openinfusion.apps.billing.services.claims import locked
from openinfusion.apps.billing.services.contracts import demo_rates, save_contract, save_product, terms_of
from openinfusion.apps.billing.services.numbers import next_number
from openinfusion.apps.billing.services.remittances import receive_remittance
from openinfusion.apps.billing.services.rows import core_claim
from openinfusion.apps.coverage.public import Payer
from openinfusion.apps.inventory.public import Item
from openinfusion.formats.x12.envelope import Envelope
from openinfusion.formats.x12.remittance_builder import Payment, build_835, pay_as_expected
from openinfusion.platform.access import Access
from openinfusion.platform.errors import Refused
from openinfusion.platform.tenancy.models import Tenant

SOURCE = "demo: invented, no contract stands behind it"
#: Invented (charge, expected) per unit by family of code. They mean nothing outside a demo program.
INVENTED = {
    "drug": ("2.50", "1.90"), "per_diem": ("120.00", "105.00"), "nursing": ("165.00", "150.00"),
    "supply": ("12.00", "9.00"),
}  # fmt: skip
DEMO_RULES = {"nursing_basis": "99601", "hour_rounding": "up", "modifier_for_waste_below_unit": "JZ"}
SINCE = date(2020, 1, 1)


@transaction.atomic
def demo_remittance(claim: Claim, *, by: Access, at: datetime) -> bytes:
    """The demo payer's 835 for a sent claim: every line at its expected amount, or at its charge without one."""
    tenant = _demo_program(by)
    claim = locked(claim, by=by)
    if claim.status not in ("sent", "accepted"):
        raise Refused("not_with_payer", "The demo payer answers a claim that was sent and not decided yet.")
    built = core_claim(claim, tenant=tenant, terms=terms_of(claim.coverage.payer))
    number = next_number("demo_payer", tenant_id=tenant.pk)
    envelope = Envelope(
        sender="DEMOPAYER", receiver=(tenant.npi or tenant.slug.upper())[:15], interchange_control=number,
        group_control=number, at=at, is_test=True,
    )  # fmt: skip
    payment = Payment(
        envelope=envelope, payer=built.payer, payee=built.billing_provider, trace=f"DEMO{number:08d}",
        originator="1999999999", paid_on=at.date(),
        decisions=(pay_as_expected(built, payer_claim=f"DP{number:08d}"),),
    )  # fmt: skip
    return build_835(payment).encode("ascii")


@transaction.atomic
def let_demo_payer_answer(*, claim: Claim, by: Access, at: datetime) -> Remittance:
    """Make the demo payer's 835 and load it like any other."""
    by.require(POST)
    content = demo_remittance(claim, by=by, at=at)
    return receive_remittance(content=content, file_name=f"demo-{claim.control_number}.835", by=by, at=at)


@transaction.atomic
def set_up_demo_billing(*, payer: Payer, by: Access, at: datetime) -> None:
    """Give a payer of a demo program invented rates and counting rules, and drug products a container, all marked.

    What a person entered is kept.
    """
    by.require(CONTRACTS)
    _demo_program(by)
    if terms_of(payer) is None:
        save_contract(
            payer=payer, version="demo", source=SOURCE, policy=DEMO_RULES, payer_code=payer.payer_code or f"DEMO{payer.pk}",
            filing_code=payer.claim_filing_code or "CI", is_demo=True, by=by, at=at,
        )  # fmt: skip
    known = set(ContractRate.objects.filter(payer=payer).values_list("code", "modifier"))
    demo_rates(payer, [row for row in _invented_rows() if (row["code"], row["modifier"]) not in known], by=by)
    for item in Item.objects.filter(kind=Item.Kind.DRUG, billing_facts=None):
        save_product(
            item=item, container=ProductFact.Container.SINGLE_DOSE, ndc_unit=ProductFact.NdcUnit.UNIT, ndc_quantity=Decimal(1),
            source=SOURCE, is_demo=True, by=by, at=at,
        )  # fmt: skip


def _invented_rows() -> list[dict[str, str]]:
    rows = []
    for procedure in billing_rules().codes:
        charge, expected = INVENTED.get(procedure.family, INVENTED["supply"])
        for modifier in ("", "SH", "SJ") if procedure.family == "per_diem" else ("",):
            rows.append({
                "code": procedure.code, "modifier": modifier, "charge": charge, "expected": expected,
                "effective_from": SINCE.isoformat(), "effective_to": "", "source": SOURCE,
            })  # fmt: skip
    return rows


def _demo_program(by: Access) -> Tenant:
    tenant = Tenant.objects.get(pk=by.tenant_id)
    if not tenant.is_demo:
        raise Refused("not_demo", "This exists in demo programs only.")
    return tenant
