"""Dosing mathematics: values with units in, an answer or a typed refusal out. No clock, no default, no float.

For the order checks and every page that shows a calculated number (hazards HZ-009, HZ-010, HZ-011, HZ-023).
"""

from openinfusion.core.dosing.body import (
    WeightChoice,
    adjusted_body_weight,
    body_mass_index,
    choose_renal_weight,
    ideal_body_weight,
    surface_area_dubois,
    surface_area_mosteller,
)
from openinfusion.core.dosing.needs import NeedsInput, Sex
from openinfusion.core.dosing.nutrition import (
    CATION_MODEL,
    SIMPLE_MODEL,
    OsmolarityModel,
    energy,
    glucose_infusion_rate,
    osmolarity,
)
from openinfusion.core.dosing.rates import (
    RampStep,
    concentration_of,
    dose_rate_from_pump,
    drops_per_minute,
    for_patient,
    longest_of_time_and_rate,
    pca_hourly_most,
    pump_rate,
    ramp,
    volume_for,
    weight_flow_to_dose_rate,
)
from openinfusion.core.dosing.renal import creatinine_clearance
from openinfusion.core.dosing.special import (
    capped_weight_dose,
    day_total_per_kg,
    factor_viii_units,
    loading_volume,
    most_per_hour,
    weekly_subcutaneous_globulin,
)
from openinfusion.core.dosing.vancomycin import VancomycinExposure, exposure_from_two_levels
from openinfusion.core.dosing.weight import (
    WeightMethod,
    WeightReading,
    check_weight_change,
    check_weight_for_dosing,
    oldest_weight_days,
    pounds_to_kilograms,
)

__all__ = [
    "CATION_MODEL",
    "SIMPLE_MODEL",
    "NeedsInput",
    "OsmolarityModel",
    "RampStep",
    "Sex",
    "VancomycinExposure",
    "WeightChoice",
    "WeightMethod",
    "WeightReading",
    "adjusted_body_weight",
    "body_mass_index",
    "capped_weight_dose",
    "check_weight_change",
    "check_weight_for_dosing",
    "choose_renal_weight",
    "concentration_of",
    "creatinine_clearance",
    "day_total_per_kg",
    "dose_rate_from_pump",
    "drops_per_minute",
    "energy",
    "exposure_from_two_levels",
    "factor_viii_units",
    "for_patient",
    "glucose_infusion_rate",
    "ideal_body_weight",
    "loading_volume",
    "longest_of_time_and_rate",
    "most_per_hour",
    "oldest_weight_days",
    "osmolarity",
    "pca_hourly_most",
    "pounds_to_kilograms",
    "pump_rate",
    "ramp",
    "surface_area_dubois",
    "surface_area_mosteller",
    "volume_for",
    "weekly_subcutaneous_globulin",
    "weight_flow_to_dose_rate",
]
