"""What a revision becomes: label, flow sheet, supplies, visit needs, all from the one order (design idea 2).

Compiled with the patient facts the pharmacist verified; before a verification, with the chart as it is now.
"""

from __future__ import annotations

from datetime import datetime

from openinfusion.apps.pharmacy.models import OrderRevision, Verification
from openinfusion.apps.pharmacy.services.orders import read_order
from openinfusion.apps.pharmacy.services.verification import case_for
from openinfusion.core.orders.compiled import Compiled
from openinfusion.core.orders.compiling import CannotCompile, compile_order
from openinfusion.core.orders.patient import PatientFacts
from openinfusion.core.orders.reader import CaseError
from openinfusion.core.orders.reading import case_from_json
from openinfusion.platform.errors import Refused
from openinfusion.rulepacks import therapies
from openinfusion.rulepacks.compile_rules import compile_rules


def compiled(revision: OrderRevision, *, at: datetime) -> Compiled | CannotCompile:
    """Everything this revision becomes for its patient, or what it lacks."""
    order = read_order(revision.content)
    return compile_order(
        order, patient_facts(revision, at=at), therapy=therapies()[order.therapy], rules=compile_rules()
    )


def compiled_or_refused(revision: OrderRevision, *, at: datetime) -> Compiled:
    """The same for a step that cannot go on without it."""
    found = compiled(revision, at=at)
    if isinstance(found, CannotCompile):
        raise Refused("order_incomplete", found.findings[0].detail)
    return found


def patient_facts(revision: OrderRevision, *, at: datetime) -> PatientFacts:
    """The facts of the verified case; the chart's while nobody verified this revision."""
    verified = Verification.objects.filter(revision=revision, decision="verified").order_by("-id").first()
    case = verified.case if verified else case_for(revision=revision, at=at)
    try:
        return case_from_json(case, therapies=therapies())[0].patient
    except CaseError as error:
        raise Refused(
            "case_unreadable", f"The facts of this order cannot be read. {error.path}: {error.remedy}."
        ) from error
