"""Rule packs: the shipped clinical and billing facts, each row with its source, verification and grade.

Everything here is data with provenance, nothing is approved for patients: a tenant activates rows by two
named approvals (design idea 4). Only a row verified at grade A or B may be proposed.
"""

from openinfusion.core.orders.therapy import Therapy
from openinfusion.rulepacks.packs import PACKS, Pack, pack
from openinfusion.rulepacks.tables import (
    Row,
    UnknownRuleFile,
    best_grade,
    content_hash,
    file_names,
    item_row,
    load_document,
    load_table,
    rows_that_may_be_proposed,
    source_grades,
)
from openinfusion.rulepacks.therapy_table import therapies

__all__ = [
    "PACKS",
    "Pack",
    "Row",
    "Therapy",
    "UnknownRuleFile",
    "best_grade",
    "content_hash",
    "file_names",
    "item_row",
    "load_document",
    "load_table",
    "pack",
    "rows_that_may_be_proposed",
    "source_grades",
    "therapies",
]
