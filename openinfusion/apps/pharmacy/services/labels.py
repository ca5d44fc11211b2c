"""The label of a preparation as PDF, from the compiled order and the batch; nothing on it is typed again.

Typeset without system libraries; 100 by 60 mm. Source: USP 797 label content, ISMP label rules (tall-man lettering, no
trailing zero, units in words).
"""

from __future__ import annotations

import io
import json
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

import segno
import typst

from openinfusion.apps.pharmacy.models import Preparation
from openinfusion.apps.pharmacy.services.compiling import compiled_or_refused
from openinfusion.platform.ui.formats import format_date, format_datetime

STORAGE = {
    "room_20_25c": "Store at room temperature, 20 to 25 °C",
    "fridge_2_8c": "Store in the refrigerator, 2 to 8 °C",
    "freezer_m25_m10c": "Store frozen, -25 to -10 °C",
}

_TEMPLATE = """
#set page(width: 100mm, height: 60mm, margin: 4mm)
#set text(font: ("Libertinus Serif", "New Computer Modern"), size: 8.5pt)
#let label = json(bytes(sys.inputs.at("label")))
#grid(columns: (1fr, 19mm), gutter: 2mm,
  [ #text(size: 10.5pt, weight: "bold")[#label.patient] \\
    #label.identity
    #v(1mm)
    #text(size: 11pt, weight: "bold")[#label.drug]
    #v(0.5mm)
    #for line in label.lines [#line \\ ]
  ],
  [ #image(bytes(sys.inputs.at("code")), format: "svg", width: 19mm)
    #text(size: 6.5pt)[#label.number] ]
)
#v(1fr)
#text(weight: "bold")[#label.use_by] \\
#label.storage \\
#text(size: 7pt)[#label.foot]
"""


def label_facts(preparation: Preparation, *, at: datetime) -> dict[str, object]:
    """Everything the label says, as text."""
    label = compiled_or_refused(preparation.revision, at=at).label
    patient = preparation.revision.order.episode.patient
    zone = ZoneInfo(patient.time_zone)
    until = preparation.beyond_use_at
    lots = ", ".join(f"{row.lot.item.name} {row.lot.number}" for row in preparation.lots.select_related("lot__item"))
    return {
        "patient": patient.full_name,
        "identity": f"Born {format_date(patient.birth_date)}   {patient.mrn}",
        "drug": label.lines[0],
        "lines": list(label.lines[1:-1]),
        "number": preparation.number,
        "use_by": f"Begin before {format_datetime(until, zone)}" if until else "Beyond-use time not known: do not use",
        "storage": STORAGE.get(preparation.storage, "Storage not known"),
        "foot": f"Order {preparation.revision.order.number} revision {preparation.revision.number}. Lots: {lots}",
    }


def label_pdf(preparation: Preparation, *, at: datetime) -> bytes:
    """The label as PDF bytes."""
    code = io.BytesIO()
    segno.make(preparation.number, error="m").save(code, kind="svg", border=0)
    inputs = {"label": json.dumps(label_facts(preparation, at=at)), "code": code.getvalue().decode()}
    return typst.compile(_template(), format="pdf", sys_inputs=inputs)


@cache
def _template() -> bytes:
    return _TEMPLATE.encode()
