"""Homes: is this home fit for infusion, how can it be reached, and what has the caregiver shown?

For intake and nurses; feeds the readiness gate. Sources: home_safety_checklist.csv, issue step 3, HZ-073.
"""

from openinfusion.core.homes.caregivers import (
    PROPOSED_SKILLS,
    Competency,
    Demonstration,
    Evidence,
    SkillRule,
    caregiver_facts,
    judge_competency,
    required_skills,
)
from openinfusion.core.homes.checklist import (
    Answer,
    Assessment,
    DueRule,
    Question,
    Reply,
    TaskToOpen,
    areas,
    evaluate,
    home_facts,
    questionnaire,
)
from openinfusion.core.homes.connectivity import Connectivity, Help, Need, Screen, screen

__all__ = [
    "PROPOSED_SKILLS",
    "Answer",
    "Assessment",
    "Competency",
    "Connectivity",
    "Demonstration",
    "DueRule",
    "Evidence",
    "Help",
    "Need",
    "Question",
    "Reply",
    "Screen",
    "SkillRule",
    "TaskToOpen",
    "areas",
    "caregiver_facts",
    "evaluate",
    "home_facts",
    "judge_competency",
    "questionnaire",
    "required_skills",
    "screen",
]
