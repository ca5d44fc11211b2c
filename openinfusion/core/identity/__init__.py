"""Who a person is: names made comparable, duplicates found, two identifiers confirmed.

For intake, visits and every step that binds a thing to a patient. Sources: HZ-001, HZ-002, HZ-006.
"""

from openinfusion.core.identity.birth_dates import age_in_years, check_birth_date
from openinfusion.core.identity.confirmation import (
    ExpectedIdentity,
    GivenIdentifier,
    IdentifierKind,
    IdentityConfirmation,
    confirm_identity,
)
from openinfusion.core.identity.matching import (
    IdentityRecord,
    MatchResult,
    MatchVerdict,
    PersonName,
    find_matches,
    match,
)
from openinfusion.core.identity.names import identifier_key, name_key, phone_key
from openinfusion.core.identity.npi import luhn_is_valid, npi_is_valid
from openinfusion.core.identity.texts import CleanText, TextRole, clean_line, clean_text, text_findings

__all__ = [
    "CleanText",
    "ExpectedIdentity",
    "GivenIdentifier",
    "IdentifierKind",
    "IdentityConfirmation",
    "IdentityRecord",
    "MatchResult",
    "MatchVerdict",
    "PersonName",
    "TextRole",
    "age_in_years",
    "check_birth_date",
    "clean_line",
    "clean_text",
    "confirm_identity",
    "find_matches",
    "identifier_key",
    "luhn_is_valid",
    "match",
    "name_key",
    "npi_is_valid",
    "phone_key",
    "text_findings",
]
