"""Which facts a referral must bring per therapy before it is accepted, with the reason and what to ask for.

For intake and the sender. Every row is a design proposal that a site's pharmacist and intake lead adopt or
change; it names data elements, never limits. ``basis`` points at the column of ``therapies.csv`` or the
hazard that suggests the row.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from openinfusion.core.referrals.therapies import TherapyEntry

DESIGN_PROPOSAL = "design proposal"

_INFUSED_NUTRITION = frozenset({"TPN"})
_HOME_SUPPORT = frozenset({"TPN", "inotrope", "PAH", "hemophilia", "pain", "chemotherapy"})
_RENAL = frozenset({"anti-infective", "inotrope", "TPN", "hydration", "pain", "chelation", "diuretic"})
_IMMUNOGLOBULINS = frozenset({"ivig10", "ivig_bivigam", "ivig5"})
_BY_SURFACE_OR_IDEAL_WEIGHT = frozenset(
    {
        "fluorouracil",
        "rituximab",
        "levoleucovorin",
        "vancomycin",
        "gentamicin",
        "tobramycin",
        "acyclovir",
        "tpn",
    }
)
_LIVER_WATCHED = frozenset(
    {
        "ceftriaxone", "ertapenem", "meropenem", "amp_sulb", "nafcillin", "micafungin", "caspofungin",
        "ambisome", "infliximab", "vedolizumab", "ocrelizumab", "methotrexate", "tpn", "treprostinil",
        "ketamine",
    }
)  # fmt: skip
_POTASSIUM_WATCHED = frozenset({"ambisome", "furosemide", "ondansetron", "pip_tazo", "penicillin_g", "gentamicin"})
_BLOOD_COUNT_WATCHED = frozenset({"infliximab", "rituximab", "heparin", "methotrexate"}) | _IMMUNOGLOBULINS


@dataclass(frozen=True, slots=True)
class Requirement:
    """One data element. It applies to every therapy, or to the therapy types and ids it names."""

    element: str
    title: str
    reason: str
    request: str
    basis: str
    therapy_types: frozenset[str] = field(default_factory=frozenset)
    therapy_ids: frozenset[str] = field(default_factory=frozenset)
    status: str = DESIGN_PROPOSAL

    def applies_to(self, therapy: TherapyEntry | None) -> bool:
        if not self.therapy_types and not self.therapy_ids:
            return True
        if therapy is None:
            return False
        return therapy.therapy_type in self.therapy_types or therapy.id in self.therapy_ids


def _for_all(element: str, title: str, reason: str, request: str, basis: str) -> Requirement:
    return Requirement(element, title, reason, request, basis)


REQUIREMENTS: tuple[Requirement, ...] = (
    _for_all("name", "full name", "Two identifiers protect from treating the wrong patient.",
             "the patient's family and given name", "HZ-001"),
    _for_all("birth_date", "birth date", "It is the second identifier and gives the age for dosing.",
             "the patient's full birth date (day, month and year)", "HZ-001"),
    _for_all("sex", "sex", "Kidney function and reference ranges are computed with it.",
             "the patient's sex as recorded", "dosing_math.json"),
    _for_all("phone", "phone number", "Delivery and visits are arranged by phone.",
             "a phone number where the patient can be reached", "HZ-061"),
    _for_all("address", "home address", "Drug and nurse go to this door.",
             "the full home address with street, city, state and postal code", "HZ-061"),
    _for_all("allergies", "allergy status", "Nothing is dispensed before allergies are known.",
             "the patient's allergies, or the statement that there are none", "HZ-013"),
    _for_all("reactions", "reaction to each drug allergy", "Rash and anaphylaxis are different decisions.",
             "the reaction to each drug allergy", "HZ-013"),
    _for_all("weight", "weight with unit and date", "Doses and the emergency epinephrine dose depend on it.",
             "the body weight with its unit and the date it was measured", "HZ-009; HZ-010; HZ-011"),
    _for_all("diagnosis", "diagnosis with ICD-10-CM code", "The indication is verified and billed by it.",
             "the diagnosis with its ICD-10-CM code", "billing_837p_loops.csv"),
    _for_all("medications", "current medications", "Interactions and duplicates are checked against it.",
             "the list of current medications", "HZ-012; HZ-014"),
    _for_all("prescriber", "prescriber's name", "The order needs a person who answers for it.",
             "the name of the prescriber", "billing_837p_loops.csv"),
    _for_all("npi", "prescriber's NPI", "Claims and the prescriber's identity rest on it.",
             "the prescriber's ten-digit NPI", "billing_837p_loops.csv"),
    _for_all("prescriber_phone", "prescriber's phone", "Findings and urgent results go to the prescriber.",
             "a phone number for the prescriber", "escalation.csv"),
    _for_all("coverage", "insurance with member number", "Benefits are verified before the start of care.",
             "the insurance: payer and member number", "billing_prior_auth.csv"),
    _for_all("drug", "drug recognised", "The order must name one therapy without doubt.",
             "the exact drug, with brand or product code where brands differ", "HZ-005"),
    _for_all("dose", "dose with unit", "A number without a unit is not a dose.",
             "the dose with its unit", "HZ-008"),
    _for_all("frequency", "frequency", "The schedule of doses and visits follows from it.",
             "how often the dose is given", "therapies.csv frequency"),
    _for_all("route", "route", "The route decides on device, access and checks.",
             "the route of administration", "HZ-015"),
    _for_all("duration", "length of the course", "Supply, authorization and the stop date follow from it.",
             "how long the therapy lasts, or its stop date", "billing_prior_auth.csv"),
    _for_all("start", "start date", "The clock from referral to first dose ends there.",
             "the date of the first dose at home", "quality_measures.csv"),
    _for_all("access", "access device", "The drug must fit the vein or line it runs through.",
             "the access device in place (kind, date placed), or who places it", "therapies.csv access_min"),
    _for_all("first_dose_history", "first-dose history", "A first dose at home follows its own policy.",
             "whether a dose of this drug was given before, when, and how it was tolerated",
             "therapies.csv first_dose_home"),
    Requirement("height", "height", "Body surface or ideal weight is computed with it.",
                "the body height with its unit", "therapies.csv adult_dose",
                therapy_ids=_BY_SURFACE_OR_IDEAL_WEIGHT),
    Requirement("caregiver", "caregiver or support person", "Someone handles the therapy between visits.",
                "the name and phone number of a caregiver or support person", "HZ-073",
                therapy_types=_HOME_SUPPORT),
    Requirement("lab:creatinine", "creatinine with date", "The dose or the rate depends on kidney function.",
                "a serum creatinine result with unit and date", "therapies.csv renal_rule, monitoring",
                therapy_types=_RENAL, therapy_ids=_IMMUNOGLOBULINS | {"methotrexate", "scig"}),
    Requirement("lab:blood count", "blood count with date", "Weekly results are read against it.",
                "a complete blood count with date", "therapies.csv monitoring",
                therapy_types=frozenset({"anti-infective", "chemotherapy", "chemotherapy/immunology"}),
                therapy_ids=_BLOOD_COUNT_WATCHED),
    Requirement("lab:alt", "liver tests with date", "Later results are read against it.",
                "liver tests (ALT) with date", "therapies.csv monitoring", therapy_ids=_LIVER_WATCHED),
    Requirement("lab:potassium", "potassium with date", "The therapy moves potassium or depends on it.",
                "a potassium result with unit and date", "therapies.csv monitoring",
                therapy_types=frozenset({"inotrope", "TPN", "hydration"}), therapy_ids=_POTASSIUM_WATCHED),
    Requirement("lab:magnesium", "magnesium with date", "Low magnesium makes this therapy dangerous.",
                "a magnesium result with unit and date", "therapies.csv monitoring",
                therapy_types=frozenset({"inotrope", "TPN"}),
                therapy_ids=frozenset({"ambisome", "ondansetron"})),
    Requirement("lab:phosphate", "phosphate with date", "Refeeding risk is judged by it.",
                "a phosphate result with unit and date", "therapies.csv tpn monitoring",
                therapy_types=_INFUSED_NUTRITION),
    Requirement("lab:glucose", "glucose with date", "The dextrose load is judged by it.",
                "a glucose result with unit and date", "therapies.csv tpn monitoring",
                therapy_types=_INFUSED_NUTRITION),
    Requirement("lab:triglycerides", "triglycerides with date", "The lipid load is judged by it.",
                "a triglyceride result with unit and date", "therapies.csv tpn monitoring",
                therapy_types=_INFUSED_NUTRITION),
    Requirement("lab:igg", "IgG level with date", "The trough is the measure of the therapy.",
                "an IgG level with unit and date", "therapies.csv ivig10 monitoring",
                therapy_ids=_IMMUNOGLOBULINS | {"scig"}),
    Requirement("lab:tuberculosis screen", "tuberculosis screen", "The therapy can wake hidden tuberculosis.",
                "the result and date of the tuberculosis screen", "therapies.csv infliximab monitoring",
                therapy_ids=frozenset({"infliximab"})),
    Requirement("lab:hepatitis b", "hepatitis B screen", "The therapy can wake a hidden hepatitis B.",
                "the result and date of the hepatitis B screen", "therapies.csv monitoring",
                therapy_ids=frozenset({"infliximab", "rituximab", "ocrelizumab"})),
    Requirement("lab:cpk", "creatine kinase with date", "Muscle injury is watched from a baseline.",
                "a creatine kinase result with date", "therapies.csv daptomycin monitoring",
                therapy_ids=frozenset({"daptomycin"})),
    Requirement("lab:factor viii activity", "factor VIII activity", "The dose aims at a rise from here.",
                "the baseline factor VIII activity with date", "therapies.csv factor8 monitoring",
                therapy_ids=frozenset({"factor8"})),
    Requirement("lab:factor viii inhibitor", "inhibitor result", "An inhibitor makes the factor ineffective.",
                "the last factor VIII inhibitor result with date", "therapies.csv factor8 monitoring",
                therapy_ids=frozenset({"factor8"})),
)  # fmt: skip


def requirements_for(
    therapy: TherapyEntry | None, table: Iterable[Requirement] = REQUIREMENTS
) -> tuple[Requirement, ...]:
    """The rows that apply to a therapy; without one, only those for every therapy."""
    return tuple(row for row in table if row.applies_to(therapy))
