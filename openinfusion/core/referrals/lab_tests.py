"""Plain words for laboratory and vital codes, so that completeness and dosing name a test the same way.

For every reader of results. LOINC codes (LOINC is copyright Regenstrief Institute; codes used with its
notice) and the spellings senders use; an unknown code keeps the sender's own words.
"""

from __future__ import annotations

from openinfusion.core.identity.names import name_key

LOINC = "http://loinc.org"

_LOINC_TESTS: dict[str, str] = {
    "2160-0": "creatinine",
    "38483-4": "creatinine",
    "3094-0": "bun",
    "6299-2": "bun",
    "2823-3": "potassium",
    "6298-4": "potassium",
    "2951-2": "sodium",
    "2947-0": "sodium",
    "19123-9": "magnesium",
    "2777-1": "phosphate",
    "17861-6": "calcium",
    "2345-7": "glucose",
    "2339-0": "glucose",
    "2571-8": "triglycerides",
    "1742-6": "alt",
    "1920-8": "ast",
    "1975-2": "bilirubin",
    "1751-7": "albumin",
    "718-7": "hemoglobin",
    "6690-2": "wbc",
    "26464-8": "wbc",
    "804-5": "wbc",
    "751-8": "neutrophils",
    "777-3": "platelets",
    "26515-7": "platelets",
    "2157-6": "cpk",
    "6301-6": "inr",
    "2276-4": "ferritin",
    "2465-3": "igg",
    "4092-3": "vancomycin level",
    "5195-3": "hepatitis b",
    "3209-4": "factor viii activity",
}
_WEIGHT_CODES: dict[str, str] = {
    "29463-7": "",
    "3141-9": "measured",
    "3142-7": "stated",
    "8335-2": "estimated",
    "8341-0": "measured",
}
_HEIGHT_CODES: dict[str, str] = {"8302-2": "", "8306-3": "measured", "3137-7": "measured", "3138-5": "stated"}
_SPELLINGS: dict[str, tuple[str, ...]] = {
    "creatinine": ("serum creatinine", "scr", "creat"),
    "bun": ("urea nitrogen", "blood urea nitrogen"),
    "potassium": ("k",),
    "magnesium": ("mg level", "serum magnesium"),
    "phosphate": ("phosphorus", "inorganic phosphate"),
    "glucose": ("blood glucose", "serum glucose"),
    "triglycerides": ("triglyceride",),
    "alt": ("alanine aminotransferase", "sgpt"),
    "wbc": ("white blood cell count", "leukocytes", "white cell count"),
    "neutrophils": ("anc", "absolute neutrophil count"),
    "cpk": ("ck", "creatine kinase"),
    "igg": ("igg level", "immunoglobulin g"),
    "tuberculosis screen": ("tb screen", "interferon gamma release assay", "quantiferon tb gold"),
    "hepatitis b": ("hepatitis b surface antigen", "hbsag", "hepatitis b screen"),
    "factor viii activity": ("factor viii level",),
    "factor viii inhibitor": ("factor viii inhibitor bethesda assay", "inhibitor screen"),
}
_BY_SPELLING: dict[str, str] = {
    name_key(spelling): test for test, spellings in _SPELLINGS.items() for spelling in (test, *spellings)
}


def plain_test_name(*, loinc: str, text: str) -> str:
    """Our word for the test, else the sender's text unchanged."""
    return _LOINC_TESTS.get(loinc) or _BY_SPELLING.get(name_key(text)) or text


def weight_method(*, loinc: str, text: str) -> str | None:
    """How a body weight was obtained (empty: not said), or None when this is no body weight."""
    return _method(_WEIGHT_CODES, loinc, text, words=("weight", "body weight"))


def height_method(*, loinc: str, text: str) -> str | None:
    """How a body height was obtained (empty: not said), or None when this is no body height."""
    return _method(_HEIGHT_CODES, loinc, text, words=("height", "body height"))


def _method(codes: dict[str, str], loinc: str, text: str, *, words: tuple[str, ...]) -> str | None:
    """By code; by the plain words only when no LOINC code says otherwise."""
    if loinc:
        return codes.get(loinc)
    return "" if name_key(text) in words else None
