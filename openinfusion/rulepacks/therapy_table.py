"""The therapies of ``therapies.csv`` as typed values, each cell with whether it was seen in a source."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from types import MappingProxyType

from openinfusion.core.orders.therapy import Therapy
from openinfusion.rulepacks.tables import Row, load_table

_HCPCS_S_CODE = re.compile(r"S\d{4}")
_PARTLY = re.compile(r"^(\w+)\((.+)\)$")
_KIT = {"Y": True, "N": False}


@functools.cache
def therapies() -> Mapping[str, Therapy]:
    """Every therapy by its id."""
    lettering = {row["name"]: row["tall_man"] for row in load_table("tall_man")}
    return MappingProxyType({row["id"]: _therapy(row, lettering) for row in load_table("therapies")})


def _therapy(row: Row, lettering: Mapping[str, str]) -> Therapy:
    whole, partly = _verified_columns(row["verified_fields"])
    return Therapy(
        id=row["id"],
        generic=row["generic"],
        display_name=_display_name(row["generic"], lettering),
        drug_class=row["class"],
        therapy_type=row["therapy_type"],
        routes=_routes(row["routes"]),
        kit_required=_KIT.get(row["kit_required"]),
        kit_words=row["kit_required"],
        anaphylaxis_risk=row["anaphylaxis_risk"],
        tissue_risk=row["tissue_risk"],
        device=tuple(part.strip() for part in re.split(r"[|,]", row["device"]) if part.strip()),
        hcpcs=row["hcpcs"],
        hcpcs_unit_qty=_decimal(row["hcpcs_unit_qty"]),
        hcpcs_unit=row["hcpcs_unit"],
        per_diem=_per_diem_codes(row["per_diem"]),
        medicare_hit_category=row["medicare_hit_category"],
        niosh=row["niosh"],
        verified_fields=whole,
        partly_verified_fields=partly,
        sources=row.sources,
        grade=row.grade,
        verification=row.verification,
        cells=row.fields,
    )


def _verified_columns(text: str) -> tuple[frozenset[str], dict[str, str]]:
    """Columns seen whole, and columns of which only the named part was seen, as ``monitoring(INR)``."""
    whole: set[str] = set()
    partly: dict[str, str] = {}
    for entry in filter(None, (part.strip() for part in text.split(";"))):
        if match := _PARTLY.match(entry):
            partly[match[1]] = match[2]
        else:
            whole.add(entry)
    return frozenset(whole), partly


_ROUTE_WORDS = {"IV": "intravenous", "SC": "subcutaneous", "IM": "intramuscular", "tube": "enteral"}


def _routes(text: str) -> tuple[str, ...]:
    words = re.findall(r"[A-Za-z]+", re.sub(r"\(.*?\)", "", text))
    return tuple(_ROUTE_WORDS[word] for word in words if word in _ROUTE_WORDS)


def _per_diem_codes(text: str) -> tuple[str, ...]:
    """Every per diem code the cell names; a range such as S9374-S9377 is written out."""
    codes: list[str] = []
    for part in re.findall(r"S\d{4}(?:-S\d{4})?", text):
        first, _, last = part.partition("-")
        span = range(int(first[1:]), int((last or first)[1:]) + 1)
        codes.extend(f"S{number}" for number in span)
    return tuple(dict.fromkeys(codes))


def _decimal(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _display_name(generic: str, lettering: Mapping[str, str]) -> str:
    """The generic name with tall-man letters where a name part is on the lettering list."""
    return re.sub(r"[A-Za-z]+", lambda match: lettering.get(match[0].lower(), match[0]), generic)
