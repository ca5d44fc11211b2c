"""Orders: the structured infusion order, its checks, and everything that is compiled from it.

For pharmacists and every step after them. Pure: rules, therapies and facts are passed in; nothing is read
or written.
"""

from openinfusion.core.orders.comparing import compare
from openinfusion.core.orders.compiled import Compiled, CompileRules
from openinfusion.core.orders.compiling import CannotCompile, compile_order, planned_doses
from openinfusion.core.orders.contract import answer_case, verdict_to_json
from openinfusion.core.orders.frequency import doses_per_day, interval_hours, parse_frequency, say_frequency
from openinfusion.core.orders.kit import KitNeed, kit_findings, kit_need
from openinfusion.core.orders.model import (
    AccessType,
    DoseBasis,
    Frequency,
    InfusionOrder,
    Ingredient,
    Pca,
    Pump,
    PumpType,
    RateStep,
    Route,
)
from openinfusion.core.orders.patient import (
    Access,
    Allergy,
    AllergyStatus,
    CaregiverStatus,
    Case,
    Home,
    KitStatus,
    Known,
    Lab,
    LastDose,
    LifetimeDose,
    PatientFacts,
    PriorDose,
)
from openinfusion.core.orders.plan import InfusionPlan, PlannedStep, plan_infusion
from openinfusion.core.orders.reader import CaseError
from openinfusion.core.orders.reading import case_from_json, order_from_json
from openinfusion.core.orders.rules import Rule, RuleSet
from openinfusion.core.orders.therapy import Therapy
from openinfusion.core.orders.verify import CATEGORIES, Verdict, verify
from openinfusion.core.orders.writing import (
    Difference,
    check_verification,
    content_hash,
    differences,
    order_to_json,
)

__all__ = [
    "CATEGORIES",
    "Access",
    "AccessType",
    "Allergy",
    "AllergyStatus",
    "CannotCompile",
    "CaregiverStatus",
    "Case",
    "CaseError",
    "CompileRules",
    "Compiled",
    "Difference",
    "DoseBasis",
    "Frequency",
    "Home",
    "InfusionOrder",
    "InfusionPlan",
    "Ingredient",
    "KitNeed",
    "KitStatus",
    "Known",
    "Lab",
    "LastDose",
    "LifetimeDose",
    "PatientFacts",
    "Pca",
    "PlannedStep",
    "PriorDose",
    "Pump",
    "PumpType",
    "RateStep",
    "Route",
    "Rule",
    "RuleSet",
    "Therapy",
    "Verdict",
    "answer_case",
    "case_from_json",
    "check_verification",
    "compare",
    "compile_order",
    "content_hash",
    "differences",
    "doses_per_day",
    "interval_hours",
    "kit_findings",
    "kit_need",
    "order_from_json",
    "order_to_json",
    "parse_frequency",
    "plan_infusion",
    "planned_doses",
    "say_frequency",
    "verdict_to_json",
    "verify",
]
