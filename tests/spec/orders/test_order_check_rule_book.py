"""Order checks: for each rule a case that breaks it and what the pharmacist is told. Sources stand on the
findings.
"""

from typing import Any

import pytest

from openinfusion.core.orders import answer_case
from openinfusion.rulepacks.examples import example_case, example_therapies
from openinfusion.rulepacks.order_rules import proposed_rules

BLOCK, INTERRUPT, INFORM = "block", "interrupt", "inform"


def q(value: object, unit: str) -> dict[str, str]:
    return {"value": str(value), "unit": unit}


def every(value: object, unit: str, times: int = 1) -> dict[str, Any]:
    return {"times": times, "per": q(value, unit)}


def lab(test: str, value: object, unit: str, taken_at: str = "2026-11-18T08:00:00-05:00") -> dict[str, str]:
    return {"test": test, "value": str(value), "unit": unit, "taken_at": taken_at}


def allergy(substance: str, reaction: str) -> dict[str, Any]:
    return {"allergies": {"status": "recorded", "items": [{"substance": substance, "reaction": reaction}]}}


def weight(kg: object, taken_on: str = "2026-11-01", method: str = "measured") -> dict[str, Any]:
    return {"weight": {**q(kg, "kg"), "taken_on": taken_on, "method": method}}


def creatinine(value: object) -> dict[str, Any]:
    return {"labs": [lab("creatinine", value, "mg/dL")]}


def active(therapy: str, order_id: str = "a1", **changes: Any) -> dict[str, Any]:
    return {**example_case(therapy)["order"], "id": order_id, **changes}


def steps(unit: str, *pairs: tuple[object, object]) -> list[dict[str, Any]]:
    return [{"rate": q(rate, unit), **({"for": q(minutes, "min")} if minutes else {})} for rate, minutes in pairs]


def answer(therapy: str, order: dict[str, Any] | None = None, patient: dict[str, Any] | None = None) -> dict[str, Any]:
    return answer_case(example_case(therapy, order=order, patient=patient), proposed_rules())


@pytest.mark.parametrize("therapy", example_therapies())
def test_a_clean_order_of_every_therapy_is_quiet(therapy: str) -> None:
    """An alert on a right order teaches people to click alerts away (HZ-019)."""
    found = answer(therapy)
    assert (found["tier"], found["findings"]) == ("quiet", [])


NOT_KNOWN: Any = ...
# therapy, changes to the order, changes to the patient, the finding expected: category, rule, severity
CASES: list[tuple[str, dict[str, Any], dict[str, Any], tuple[str, str, str]]] = [
    # missing input: the data are completed or the order does not go on (HZ-011, HZ-013, HZ-016)
    ("ceftriaxone", {}, {"allergies": NOT_KNOWN}, ("missing_input", "MISSING.ALLERGIES", BLOCK)),
    ("ceftriaxone", {}, {"allergies": {"status": "not_asked"}}, ("missing_input", "MISSING.ALLERGIES", BLOCK)),
    ("ceftriaxone", {}, {"birth_date": NOT_KNOWN}, ("missing_input", "MISSING.BIRTH_DATE", BLOCK)),
    ("ceftriaxone", {"dose": NOT_KNOWN}, {}, ("missing_input", "MISSING.ORDER", BLOCK)),
    ("ceftriaxone", {"route": NOT_KNOWN}, {}, ("missing_input", "MISSING.ORDER", BLOCK)),
    ("ceftriaxone", {"frequency": NOT_KNOWN}, {}, ("missing_input", "MISSING.ORDER", BLOCK)),
    ("ceftriaxone", {"ordered_by": NOT_KNOWN}, {}, ("missing_input", "MISSING.PRESCRIBER", BLOCK)),
    ("ceftriaxone", {"diluent": NOT_KNOWN}, {}, ("missing_input", "MISSING.DILUENT", BLOCK)),
    ("ceftriaxone", {"diluent": "house mix"}, {}, ("missing_input", "MISSING.DILUENT", BLOCK)),
    ("daptomycin", {}, {"weight": NOT_KNOWN}, ("missing_input", "MISSING.WEIGHT", BLOCK)),
    ("vancomycin", {}, {"weight": NOT_KNOWN}, ("missing_input", "MISSING.WEIGHT", BLOCK)),
    ("fluorouracil", {}, {"height": NOT_KNOWN}, ("missing_input", "MISSING.WEIGHT", BLOCK)),
    ("cefepime", {}, {"labs": []}, ("missing_input", "MISSING.RENAL", BLOCK)),
    ("cefepime", {}, {"labs": NOT_KNOWN}, ("missing_input", "MISSING.RENAL", BLOCK)),
    ("cefepime", {}, {"sex": "unknown"}, ("missing_input", "MISSING.RENAL", BLOCK)),
    ("cefepime", {}, {"labs": [lab("creatinine", 80, "umol/L")]}, ("missing_input", "MISSING.RENAL", BLOCK)),
    ("cefepime", {}, {"labs": [lab("creatinine", 0, "mg/dL")]}, ("missing_input", "MISSING.RENAL", BLOCK)),
    ("vancomycin", {}, {"labs": []}, ("missing_input", "MISSING.RENAL", BLOCK)),
    ("ivig10", {}, {"labs": []}, ("missing_input", "MISSING.RENAL", BLOCK)),
    (
        "ceftriaxone",
        {"infuse_over": NOT_KNOWN, "rate_steps": NOT_KNOWN},
        {},
        ("missing_input", "MISSING.RATE", BLOCK),
    ),
    ("scig", {"sites": NOT_KNOWN}, {}, ("missing_input", "MISSING.RATE", BLOCK)),
    ("rituximab", {"volume": NOT_KNOWN}, {}, ("missing_input", "MISSING.RATE", BLOCK)),
    ("milrinone", {"first_dose": NOT_KNOWN}, {}, ("missing_input", "MISSING.FIRST_DOSE", BLOCK)),
    ("epoprostenol", {}, {"access": NOT_KNOWN}, ("missing_input", "MISSING.ACCESS", BLOCK)),
    ("ceftriaxone", {"line_shared_with": ["x9"]}, {}, ("missing_input", "MISSING.SHARED_LINE", BLOCK)),
    ("ceftriaxone", {"indication": NOT_KNOWN}, {}, ("indication", "INDICATION.MISSING", BLOCK)),
    # units (HZ-008)
    ("ceftriaxone", {"dose": {"value": "2"}}, {}, ("units", "UNITS.NOT_UNDERSTOOD", BLOCK)),
    ("ceftriaxone", {"dose": q(2, "G")}, {}, ("units", "UNITS.NOT_UNDERSTOOD", BLOCK)),
    ("heparin", {"dose": q(18, "U/kg/h")}, {}, ("units", "UNITS.NOT_UNDERSTOOD", BLOCK)),
    ("cefepime", {"dose": q(2, "mL")}, {}, ("units", "UNITS.CANNOT_COMPARE", BLOCK)),
    (
        "ceftriaxone",
        {},
        {"weight": {**q(154, "lb"), "taken_on": "2026-11-01", "method": "measured"}},
        ("units", "UNITS.NOT_UNDERSTOOD", BLOCK),
    ),
    # dose (labels and monographs; twice the range is a decimal error until proven otherwise)
    ("cefepime", {"dose": q(3, "g")}, {}, ("dose_high", "CEFEPIME.DOSE", INTERRUPT)),
    ("cefepime", {"dose": q("4.1", "g")}, {}, ("dose_high", "CEFEPIME.DOSE", BLOCK)),
    ("cefepime", {"dose": q("0.5", "g")}, {}, ("dose_low", "CEFEPIME.DOSE_LOW", INTERRUPT)),
    ("vancomycin", {"dose": q(2, "g"), "volume": q(500, "mL")}, {}, ("dose_high", "VANCOMYCIN.DOSE", INTERRUPT)),
    ("daptomycin", {"dose": q(60, "mg/kg")}, {}, ("dose_high", "DAPTOMYCIN.DOSE", BLOCK)),
    ("daptomycin", {"dose": q(420, "g"), "dose_basis": "absolute"}, {}, ("dose_high", "DAPTOMYCIN.DOSE", BLOCK)),
    ("meropenem", {"dose": q(2, "g")}, {}, ("dose_high", "MEROPENEM.DOSE", INTERRUPT)),
    ("infliximab", {"dose": q("11.5", "mg/kg")}, {}, ("dose_high", "INFLIXIMAB.MOST", INTERRUPT)),
    ("infliximab", {"dose": q("12.5", "mg/kg")}, {}, ("dose_high", "INFLIXIMAB.MOST", BLOCK)),
    (
        "infliximab",
        {"dose": q(6, "mg/kg")},
        {"conditions": ["heart failure NYHA III"]},
        ("dose_high", "INFLIXIMAB.HEART", BLOCK),
    ),
    ("milrinone", {"dose": q("0.76", "mcg/kg/min")}, {}, ("dose_high", "MILRINONE.RATE", BLOCK)),
    ("milrinone", {"dose": q("0.3", "mcg/kg/min")}, {}, ("dose_low", "MILRINONE.RATE_LOW", INTERRUPT)),
    ("ivig10", {"dose": q(700, "mg/kg")}, {}, ("dose_high", "IVIG10.DOSE_PI", INTERRUPT)),
    ("deferoxamine", {"dose": q(61, "mg/kg")}, {}, ("dose_high", "DEFEROXAMINE.DOSE", BLOCK)),
    ("ertapenem", {"frequency": every(12, "h")}, {}, ("daily_dose", "ERTAPENEM.DAY", BLOCK)),
    ("pip_tazo", {"frequency": every(4, "h")}, {}, ("daily_dose", "PIPTAZO.DAY", INTERRUPT)),
    (
        "iron_sucrose",
        {},
        {"prior_doses": [{"therapy": "iron_sucrose", "count": 2}]},
        ("cumulative_dose", "IRON_SUCROSE.COURSE", BLOCK),
    ),
    # rate, time, strength (HZ-007, HZ-017)
    (
        "vancomycin",
        {"infuse_over": q(60, "min"), "rate_steps": steps("mL/h", (250, 60))},
        {},
        ("rate", "VANCOMYCIN.RATE", INTERRUPT),
    ),
    (
        "vancomycin",
        {"infuse_over": q(20, "min"), "rate_steps": steps("mL/h", (750, 20))},
        {},
        ("duration", "VANCOMYCIN.TIME", BLOCK),
    ),
    (
        "vancomycin",
        {"volume": q(150, "mL"), "rate_steps": steps("mL/h", (75, 120))},
        {},
        ("concentration", "VANCOMYCIN.STRENGTH", INTERRUPT),
    ),
    (
        "vancomycin",
        {"volume": q(80, "mL"), "rate_steps": steps("mL/h", (40, 120))},
        {},
        ("concentration", "VANCOMYCIN.STRENGTH", BLOCK),
    ),
    (
        "ganciclovir",
        {"infuse_over": q(50, "min"), "rate_steps": steps("mL/h", (120, 50))},
        {},
        ("duration", "GANCICLOVIR.TIME", BLOCK),
    ),
    (
        "infliximab",
        {"infuse_over": q(90, "min"), "rate_steps": NOT_KNOWN},
        {},
        ("duration", "INFLIXIMAB.TIME", INTERRUPT),
    ),
    ("ceftriaxone", {"rate_steps": steps("mL/h", (10, 30))}, {}, ("rate", "AGREE.VOLUME", BLOCK)),
    ("ceftriaxone", {"infuse_over": q(60, "min")}, {}, ("duration", "AGREE.TIME", BLOCK)),
    ("ceftriaxone", {"dose": q(200, "g")}, {}, ("concentration", "AGREE.IMPOSSIBLE", BLOCK)),
    (
        "ivig10",
        {"rate_steps": steps("mL/kg/h", ("0.5", 30), ("1", 30), ("6", None))},
        {},
        ("rate", "IVIG10.RATE", BLOCK),
    ),
    (
        "ivig10",
        {"rate_steps": steps("mL/kg/h", ("0.5", 30), ("1", 20), ("2", None))},
        {},
        ("rate", "IVIG10.RISE", INTERRUPT),
    ),
    (
        "ivig10",
        {"first_dose": True, "rate_steps": steps("mL/kg/h", ("1", 30), ("2", None))},
        {},
        ("rate", "IVIG10.START", INTERRUPT),
    ),
    ("ivig10", {"brand": "Privigen"}, {}, ("rate", "IVIG10.BRAND", INTERRUPT)),
    ("ivig10", {"brand": NOT_KNOWN}, {}, ("rate", "IVIG10.BRAND", INFORM)),
    (
        "ivig_bivigam",
        {},
        {"conditions": ["deep vein thrombosis with pulmonary embolism"]},
        ("rate", "BIVIGAM.RATE_CLOT", INTERRUPT),
    ),
    (
        "rituximab",
        {"rate_steps": steps("mg/h", (100, 30), (200, 30), (500, None))},
        {},
        ("rate", "RITUXIMAB.RATE", BLOCK),
    ),
    (
        "rituximab",
        {"rate_steps": steps("mg/h", (100, 30), (300, 30), (400, None))},
        {},
        ("rate", "RITUXIMAB.RISE_LATER", INTERRUPT),
    ),
    ("scig", {"rate_steps": steps("mL/h/site", (35, None))}, {}, ("rate", "SCIG.RATE_ADULT", BLOCK)),
    (
        "deferoxamine",
        {"route": "intravenous", "rate_steps": steps("mL/h", (10, 60)), "infuse_over": q(60, "min")},
        {},
        ("rate", "DEFEROXAMINE.RATE_IV", BLOCK),
    ),
    # frequency
    ("daptomycin", {"frequency": every(18, "h")}, {}, ("frequency", "DAPTOMYCIN.INTERVAL", BLOCK)),
    ("cefepime", {"frequency": every(6, "h")}, {}, ("frequency", "CEFEPIME.INTERVAL", INTERRUPT)),
    ("natalizumab", {"frequency": every(21, "d")}, {}, ("frequency", "NATALIZUMAB.INTERVAL", INTERRUPT)),
    (
        "infliximab",
        {},
        {"last_doses": [{"therapy": "infliximab", "given_at": "2026-11-15T09:00:00-05:00"}]},
        ("frequency", "INFLIXIMAB.INTERVAL", INTERRUPT),
    ),
    # kidneys: 0.8 mg/dL is a clearance of about 68 mL/min in the example patient
    ("cefepime", {}, creatinine("1.8"), ("renal", "CEFEPIME.RENAL", BLOCK)),
    ("cefepime", {"frequency": every(12, "h")}, creatinine("2.5"), ("renal", "CEFEPIME.RENAL", INTERRUPT)),
    (
        "daptomycin",
        {},
        {"labs": [lab("creatinine", 3, "mg/dL"), lab("ck", 90, "units/L")]},
        ("renal", "DAPTOMYCIN.RENAL", INTERRUPT),
    ),
    ("ertapenem", {}, creatinine("2.5"), ("renal", "ERTAPENEM.RENAL", INTERRUPT)),
    ("milrinone", {}, creatinine("1.3"), ("renal", "MILRINONE.RENAL", INTERRUPT)),
    (
        "ganciclovir",
        {},
        {"labs": [lab("creatinine", 3, "mg/dL"), lab("anc", 4000, "cells/uL")]},
        ("renal", "GANCICLOVIR.RENAL", BLOCK),
    ),
    (
        "cefepime",
        {},
        {"labs": [lab("creatinine", "0.8", "mg/dL", "2026-10-01T08:00:00-05:00")]},
        ("labs", "RENAL.STALE", INTERRUPT),
    ),
    (
        "caspofungin",
        {},
        {"conditions": ["moderate hepatic impairment, Child-Pugh B"]},
        ("hepatic", "CASPOFUNGIN.HEPATIC", INTERRUPT),
    ),
    (
        "ceftriaxone",
        {"dose": q("2.5", "g")},
        {"conditions": ["cirrhosis", "chronic kidney disease stage 4"]},
        ("hepatic", "CEFTRIAXONE.RENAL_HEPATIC", INTERRUPT),
    ),
    # age and weight (HZ-009, HZ-010)
    ("cefepime", {}, {"birth_date": "2015-05-05"}, ("age_weight", "AGE.ADULT_LIMITS", INTERRUPT)),
    ("ceftriaxone", {}, {"birth_date": "2027-05-05"}, ("age_weight", "AGE.IMPOSSIBLE", BLOCK)),
    ("daptomycin", {}, weight(70, "2026-06-01"), ("age_weight", "WEIGHT.OLD", BLOCK)),
    ("daptomycin", {}, weight(70, method="stated"), ("age_weight", "WEIGHT.NOT_MEASURED", BLOCK)),
    ("vancomycin", {}, weight(70, "2026-06-01"), ("age_weight", "WEIGHT.OLD", INTERRUPT)),
    # allergies (HZ-013; allergy_cross_reactivity.csv)
    ("ceftriaxone", {}, allergy("Rocephin", "anaphylaxis"), ("allergy", "ALLERGY.SAME_DRUG", BLOCK)),
    ("ceftriaxone", {}, allergy("ceftriaxone", "rash"), ("allergy", "ALLERGY.SAME_DRUG", INTERRUPT)),
    ("ceftriaxone", {}, allergy("ceftriaxone", "intolerance"), ("allergy", "ALLERGY.SAME_DRUG", INFORM)),
    ("ceftriaxone", {}, allergy("cephalosporins", "unknown"), ("allergy", "ALLERGY.SAME_CLASS", BLOCK)),
    ("ceftriaxone", {}, allergy("Keflex", "hives"), ("allergy", "ALLERGY.SAME_CLASS", INTERRUPT)),
    ("ceftriaxone", {}, allergy("penicillin", "anaphylaxis"), ("allergy", "ALLERGY.PENICILLIN_CEPHALOSPORIN", INFORM)),
    ("cefazolin", {}, allergy("penicillin", "anaphylaxis"), ("allergy", "ALLERGY.PENICILLIN_CEFAZOLIN", INFORM)),
    (
        "cefazolin",
        {},
        allergy("amoxicillin", "Stevens-Johnson syndrome"),
        ("allergy", "ALLERGY.PENICILLIN_CEFAZOLIN", BLOCK),
    ),
    ("ceftriaxone", {}, allergy("amoxicillin", "DRESS"), ("allergy", "ALLERGY.PENICILLIN_CEPHALOSPORIN", INTERRUPT)),
    ("ertapenem", {}, allergy("PCN", "hives"), ("allergy", "ALLERGY.PENICILLIN_CARBAPENEM", INFORM)),
    ("ampicillin", {}, allergy("penicillin", "anaphylaxis"), ("allergy", "ALLERGY.SAME_CLASS", BLOCK)),
    ("pip_tazo", {}, allergy("Augmentin", "throat swelling"), ("allergy", "ALLERGY.SAME_CLASS", BLOCK)),
    ("nafcillin", {}, allergy("amoxicillin", "rash"), ("allergy", "ALLERGY.SAME_CLASS", INTERRUPT)),
    ("ampicillin", {}, allergy("cephalexin", "rash"), ("allergy", "ALLERGY.AMINOCEPHALOSPORIN", INTERRUPT)),
    ("vancomycin", {}, allergy("vancomycin", "infusion_reaction"), ("allergy", "ALLERGY.VANCOMYCIN_INFUSION", INFORM)),
    ("vancomycin", {}, allergy("vancomycin", "red man"), ("allergy", "ALLERGY.VANCOMYCIN_INFUSION", INFORM)),
    ("vancomycin", {}, allergy("vancomycin", "anaphylaxis"), ("allergy", "ALLERGY.SAME_DRUG", BLOCK)),
    ("infliximab", {}, allergy("murine protein", "hives"), ("allergy", "ALLERGY.MURINE", BLOCK)),
    ("ivig10", {}, {"conditions": ["IgA deficiency with anti-IgA antibodies"]}, ("allergy", "ALLERGY.IGA", BLOCK)),
    ("ceftriaxone", {}, allergy("blue dye 7", "rash"), ("allergy", "ALLERGY.NOT_CODED", INFORM)),
    # together (HZ-012, HZ-014)
    ("ceftriaxone", {}, {"active_orders": [active("ceftriaxone")]}, ("duplicate", "DUPLICATE.DRUG", BLOCK)),
    ("cefepime", {}, {"active_orders": [active("ceftriaxone")]}, ("duplicate", "DUPLICATE.CLASS", INTERRUPT)),
    ("ceftriaxone", {}, {"other_medications": ["ceftriaxone 1 g"]}, ("duplicate", "DUPLICATE.OTHER", INTERRUPT)),
    ("ceftriaxone", {}, {"active_orders": NOT_KNOWN}, ("duplicate", "UNKNOWN.ORDERS", INFORM)),
    ("daptomycin", {}, {"other_medications": NOT_KNOWN}, ("interaction", "UNKNOWN.MEDICATIONS", INFORM)),
    ("daptomycin", {}, {"other_medications": ["simvastatin 40 mg"]}, ("interaction", "DDI03", INTERRUPT)),
    ("meropenem", {}, {"other_medications": ["Depakote ER 500 mg"]}, ("interaction", "DDI04", INTERRUPT)),
    ("ceftriaxone", {}, {"other_medications": ["warfarin"]}, ("interaction", "DDI02", INFORM)),
    ("vedolizumab", {}, {"active_orders": [active("infliximab")]}, ("interaction", "DDI11", INTERRUPT)),
    ("natalizumab", {}, {"other_medications": ["azathioprine 50 mg"]}, ("interaction", "DDI39", INTERRUPT)),
    ("ceftriaxone", {}, {"active_orders": [active("tpn")]}, ("interaction", "DDI01.ACTIVE", INFORM)),
    ("ceftriaxone", {"diluent": "lactated Ringer's"}, {}, ("incompatibility", "DDI01.DILUENT", BLOCK)),
    ("ertapenem", {"diluent": "D5W"}, {}, ("incompatibility", "ERTAPENEM.DILUENT", BLOCK)),
    ("caspofungin", {"diluent": "dextrose 5 %"}, {}, ("incompatibility", "CASPOFUNGIN.DILUENT", BLOCK)),
    ("ambisome", {"diluent": "sodium chloride 0.9 %"}, {}, ("incompatibility", "IVI.AMBISOME", BLOCK)),
    (
        "ceftriaxone",
        {"line_shared_with": ["a1"]},
        {"active_orders": [active("tpn")]},
        ("incompatibility", "DDI01.LINE", BLOCK),
    ),
    (
        "tpn",
        {"line_shared_with": ["a1"]},
        {"active_orders": [active("ceftriaxone")]},
        ("incompatibility", "DDI01.LINE", BLOCK),
    ),
    (
        "hydration",
        {"line_shared_with": ["a1"], "diluent": "lactated ringer"},
        {"active_orders": [active("ceftriaxone")]},
        ("incompatibility", "DDI01.LINE", BLOCK),
    ),
    (
        "cefazolin",
        {"line_shared_with": ["a1"]},
        {"active_orders": [active("vancomycin")]},
        ("incompatibility", "IVI.VANCOMYCIN", INTERRUPT),
    ),
    (
        "epoprostenol",
        {"line_shared_with": ["a1"]},
        {"active_orders": [active("hydration")]},
        ("incompatibility", "IVI.EPOPROSTENOL", BLOCK),
    ),
    # the way it is given
    ("ceftriaxone", {"route": "intrathecal"}, {}, ("route", "ROUTE.NOT_LISTED", BLOCK)),
    (
        "micafungin",
        {"dose": q(150, "mg"), "volume": q(75, "mL"), "rate_steps": steps("mL/h", (75, 60))},
        {"access": {"type": "peripheral"}},
        ("access", "MICAFUNGIN.ACCESS", BLOCK),
    ),
    ("epoprostenol", {}, {"access": {"type": "peripheral"}}, ("access", "EPOPROSTENOL.ACCESS", INTERRUPT)),
    ("tpn", {}, {"access": {"type": "midline"}}, ("access", "TPN.ACCESS", BLOCK)),
    ("tpn", {"composition": NOT_KNOWN}, {"access": {"type": "peripheral"}}, ("access", "TPN.ACCESS", BLOCK)),
    ("milrinone", {"first_dose": True}, {}, ("first_dose", "FIRST_DOSE.INOTROPE", BLOCK)),
    ("treprostinil", {"first_dose": True}, {}, ("first_dose", "FIRST_DOSE.PROSTACYCLIN", BLOCK)),
    ("blinatumomab", {"first_dose": True}, {}, ("first_dose", "FIRST_DOSE.BLINATUMOMAB", BLOCK)),
    ("rituximab", {"first_dose": True}, {}, ("first_dose", "FIRST_DOSE.RITUXIMAB", BLOCK)),
    ("natalizumab", {"first_dose": True}, {}, ("first_dose", "NATALIZUMAB.SITE", BLOCK)),
    ("agalsidase", {"first_dose": True}, {}, ("first_dose", "AGALSIDASE.FIRST", BLOCK)),
    ("natalizumab", {}, {"programs": []}, ("boxed_warning", "NATALIZUMAB.REMS", BLOCK)),
    ("ivig10", {}, {"conditions": ["chronic kidney disease stage 3"]}, ("boxed_warning", "IVIG10.BOXED", INTERRUPT)),
    (
        "ocrelizumab",
        {"premedication": ["diphenhydramine"]},
        {},
        ("premedication", "OCRELIZUMAB.PREMEDICATION", INTERRUPT),
    ),
    ("rituximab", {"premedication": NOT_KNOWN}, {}, ("premedication", "RITUXIMAB.PREMEDICATION", INTERRUPT)),
    ("ganciclovir", {}, {"pregnancy": "yes"}, ("pregnancy_lactation", "GANCICLOVIR.PREGNANCY", BLOCK)),
    (
        "ganciclovir",
        {},
        {"pregnancy": "unknown", "birth_date": "1990-01-01"},
        ("pregnancy_lactation", "GANCICLOVIR.PREGNANCY", INTERRUPT),
    ),
    ("daptomycin", {}, creatinine("0.8"), ("labs", "DAPTOMYCIN.CPK", INTERRUPT)),
    (
        "daptomycin",
        {},
        {"labs": [lab("creatinine", "0.8", "mg/dL"), lab("CK", 90, "units/L", "2026-11-12T08:00:00-05:00")]},
        ("labs", "DAPTOMYCIN.CPK", INTERRUPT),
    ),
    ("ceftriaxone", {}, {"home": {"anaphylaxis_kit": "missing"}}, ("anaphylaxis_kit", "KIT", BLOCK)),
    ("ceftriaxone", {}, {"home": {"anaphylaxis_kit": "expired"}}, ("anaphylaxis_kit", "KIT", BLOCK)),
    ("ceftriaxone", {}, {"home": NOT_KNOWN}, ("anaphylaxis_kit", "KIT", BLOCK)),
    ("vancomycin", {}, {"home": {"anaphylaxis_kit": "missing"}}, ("anaphylaxis_kit", "KIT", INTERRUPT)),
    ("natalizumab", {"prepared_at": "2026-11-20T09:00:00-05:00"}, {}, ("stability", "NATALIZUMAB.STABILITY", BLOCK)),
    (
        "meropenem",
        {"frequency": {"continuous": True}, "infuse_over": q(24, "h"), "rate_steps": NOT_KNOWN},
        {},
        ("stability", "MEROPENEM.STABILITY", BLOCK),
    ),
    ("milrinone", {"pump": {"type": "ambulatory", "reservoir": q(100, "mL")}}, {}, ("reservoir", "RESERVOIR", BLOCK)),
    ("ceftriaxone", {"stop_on": "2026-11-20"}, {}, ("course_length", "COURSE.DATES", BLOCK)),
    ("ceftriaxone", {"verified_by": "Prescriber 1 "}, {}, ("same_person", "SAME_PERSON", BLOCK)),
    ("morphine_pca", {"pump": {"type": "pca", "pca": {"bolus": q(1, "mg")}}}, {}, ("pca", "PCA.INCOMPLETE", BLOCK)),
    (
        "morphine_pca",
        {"pump": {"type": "pca", "pca": {"bolus": q(1, "mg"), "lockout": q(0, "min"), "hourly_limit": q(7, "mg")}}},
        {},
        ("pca", "PCA.LIMITS", BLOCK),
    ),
    (
        "morphine_pca",
        {
            "pump": {
                "type": "pca",
                "pca": {
                    "bolus": q(1, "mg"),
                    "lockout": q(10, "min"),
                    "hourly_limit": q(1, "mg"),
                    "continuous": q(2, "mg/h"),
                },
            }
        },
        {},
        ("pca", "PCA.LIMITS", BLOCK),
    ),
]


@pytest.mark.parametrize(
    ("therapy", "order", "patient", "expected"), CASES, ids=[f"{n}-{c[3][1]}-{c[3][2]}" for n, c in enumerate(CASES)]
)
def test_the_pharmacist_is_told(
    therapy: str, order: dict[str, Any], patient: dict[str, Any], expected: tuple[str, str, str]
) -> None:
    found = answer(therapy, order, patient)
    assert "error" not in found
    told = {(finding["category"], finding["rule"], finding["severity"]) for finding in found["findings"]}
    assert expected in told
    matching = next(f for f in found["findings"] if f["rule"] == expected[1])
    assert matching["source"]
    assert matching["subject"]
    assert matching["detail"].endswith((".", "?"))
    order_of = [BLOCK, INTERRUPT, INFORM]
    severities = [order_of.index(finding["severity"]) for finding in found["findings"]]
    assert severities == sorted(severities)
    assert found["tier"] == found["findings"][0]["severity"]


# right orders that look unusual: nobody is interrupted (HZ-019)
QUIET = [
    ("vancomycin", {"dose": q("1.5", "g"), "infuse_over": q(180, "min"), "volume": q(300, "mL"), "rate_steps": steps("mL/h", (100, 180))}, {}),
    ("infliximab", {"dose": q("10.5", "mg/kg")}, {}),
    ("cefepime", {"frequency": every(24, "h"), "dose": q(1, "g")}, creatinine("2.5")),
    ("daptomycin", {"frequency": every(48, "h")}, {"labs": [lab("creatinine", 3, "mg/dL"), lab("cpk", 90, "units/L")]}),
    ("milrinone", {"dose": q("0.33", "mcg/kg/min")}, creatinine("1.8")),
    ("meropenem", {"dose": q(2, "g"), "indication": "bacterial meningitis"}, {}),
    ("ceftriaxone", {}, {"conditions": ["no kidney disease", "denies liver disease"]}),
    ("ceftriaxone", {}, {"active_orders": [active("ceftriaxone", stop_on="2026-11-21", start_on="2026-11-01")]}),
    ("ceftriaxone", {}, {"active_orders": [active("ceftriaxone", order_id="o1")]}),
    ("ceftriaxone", {}, {"active_orders": [active("vancomycin")], "other_medications": ["metformin", "lisinopril"]}),
    ("ganciclovir", {}, {"pregnancy": "unknown", "sex": "male"}),
    ("natalizumab", {"prepared_at": "2026-11-22T09:00:00-05:00"}, {}),
    ("pip_tazo", {"dose": q("13.5", "g"), "frequency": every(24, "h"), "volume": q(240, "mL"), "infuse_over": q(24, "h"), "rate_steps": NOT_KNOWN, "diluent": "sodium chloride 0.9 %"}, {}),
    ("milrinone", {}, {"home": {"anaphylaxis_kit": "unknown"}}),
    ("hydration", {}, {"home": NOT_KNOWN}),
    ("ceftriaxone", {}, allergy("peanut", "anaphylaxis")),
    ("vancomycin", {"dose": q("1", "g")}, weight(90)),
]  # fmt: skip


@pytest.mark.parametrize(("therapy", "order", "patient"), QUIET, ids=[f"{n}-{c[0]}" for n, c in enumerate(QUIET)])
def test_a_right_order_that_looks_unusual_is_quiet(
    therapy: str, order: dict[str, Any], patient: dict[str, Any]
) -> None:
    found = answer(therapy, order, patient)
    assert [f for f in found["findings"] if f["severity"] != INFORM] == []


def test_what_was_not_checked_is_said() -> None:
    """The dose cells of ceftriaxone are not verified, so its dose is not checked, and the answer says so."""
    found = answer("ceftriaxone")
    assert {"dose_high", "dose_low", "daily_dose", "renal"} <= set(found["not_checked"])
    assert {"allergy", "duration", "incompatibility", "same_person"} <= set(found["checked"])
    assert set(found["checked"]) & set(found["not_checked"]) == set()
    unknown = answer("ceftriaxone", patient={"active_orders": ..., "other_medications": ...})
    assert "interaction" not in unknown["not_checked"] or unknown["findings"]


def test_one_problem_is_one_finding() -> None:
    """Two rules on the same diluent are one finding with both sources."""
    found = answer("ertapenem", {"diluent": "D5W"})
    assert [finding["category"] for finding in found["findings"]] == ["incompatibility"]
    assert "iv_incompatibility" in found["findings"][0]["source"]
    assert "therapies:ertapenem" in found["findings"][0]["source"]
