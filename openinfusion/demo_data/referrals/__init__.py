"""Ten complete hand-made referrals, one per therapy, of invented people: for the demo and to try the import.

Each is a FHIR R4 Bundle as JSON (transaction, message or collection). Doses lie within ``therapies.csv`` and
``drug_library.json``. Codes: ICD-10-CM, HCPCS, RxNorm (public), LOINC (copyright Regenstrief Institute).
"""

from __future__ import annotations

from importlib import resources

THERAPY_IDS = (
    "ceftriaxone",
    "vancomycin",
    "ivig10",
    "infliximab",
    "tpn",
    "milrinone",
    "fluorouracil",
    "hydromorphone_pca",
    "factor8",
    "hydration",
)


def load_referral(therapy_id: str) -> bytes:
    """The Bundle for one of ``THERAPY_IDS``."""
    if therapy_id not in THERAPY_IDS:
        raise ValueError(f"no demo referral for {therapy_id!r}; there are {', '.join(THERAPY_IDS)}")
    return resources.files(__name__).joinpath(f"{therapy_id}.json").read_bytes()
