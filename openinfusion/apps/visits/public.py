"""What other apps may use of visits."""

from __future__ import annotations

from openinfusion.apps.visits.models import Administration, RateChange, Reaction, VisitRecord, VisitSignature, VitalSigns

__all__ = ["Administration", "RateChange", "Reaction", "VisitRecord", "VisitSignature", "VitalSigns"]
