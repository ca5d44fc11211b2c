"""How each checklist item is asked, so that "yes" always means in order. Words only, no rule.

Own plain wording of home_safety_checklist.csv; a row without wording here is asked as "Is this in order:
...?". Owner roles per area are a design proposal.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

AREA_TITLES: Mapping[str, str] = MappingProxyType(
    {
        "space": "Space and light",
        "power": "Power",
        "infection": "Cleanliness and infection",
        "waste": "Waste and sharps",
        "water": "Water",
        "storage": "Storage",
        "equipment": "Equipment",
        "people": "People",
        "telehealth": "Phone and video",
        "emergency": "Emergency",
        "safety": "Safety",
    }
)

AREA_OWNERS: Mapping[str, str] = MappingProxyType(
    {
        "space": "nurse",
        "power": "technician",
        "infection": "nurse",
        "waste": "technician",
        "water": "nurse",
        "storage": "pharmacist",
        "equipment": "technician",
        "people": "nurse",
        "telehealth": "intake",
        "emergency": "nurse",
        "safety": "nurse",
    }
)

QUESTIONS: Mapping[str, str] = MappingProxyType(
    {
        "H01": "Have you and the patient chosen the place for treatment?",
        "H02": "Is the place clean?",
        "H03": "Is the place well lit?",
        "H04": "Is there a clean, flat surface for supplies?",
        "H05": "Is there a grounded outlet near the chair or bed?",
        "H06": "Is there room for the pump, the pole and the supplies?",
        "H07": "Can pets be kept away from the infusion area?",
        "H08": "Are hand hygiene supplies, gloves and wipes there?",
        "H09": "Is a sharps container there?",
        "H10": "Are there trash bags for waste that is not sharp?",
        "H11": "Is there a right place to store the drug and the supplies?",
        "H12": "Is there an IV pole or a hook?",
        "H13": "Is a caregiver named, trained and able?",
        "H14": "Have you gone through the patient's day, to disturb it little?",
        "H15": "Does the internet or the phone work, with a plan if video fails?",
        "H16": "Have you noted any trouble with hearing, sight or technology?",
        "H17": "Do patient, caregiver and nurse know what each does in an emergency?",
        "H18": "Is the 24-hour number posted?",
        "H19": "Does the refrigerator hold 2 to 8 °C, with a thermometer in it?",
        "H20": "Is there a back-up power plan for a pump that needs mains power?",
        "H21": "Is there running water?",
        "H22": "Is the street number visible, and can an ambulance crew get in and out?",
        "H23": "Are there a smoke detector and a fire extinguisher?",
        "H24": "Is the home free of things to fall over, and of smoking near oxygen?",
        "H25": "Are weapons locked away, and is it safe for a nurse to come?",
        "H26": "Can controlled drugs be locked away?",
        "H27": "Is the home free of pests and mould?",
        "H28": "Are a container for hazardous-drug waste and a spill kit there?",
        "H29": "Can the person think, see and handle well enough to run the pump?",
        "H30": "Is there a plan for any risk of abuse, diversion or drug injection?",
        "H31": "Do you know the nearest emergency department and the ambulance response time?",
    }
)
