"""Words in a message from home that mean: call 911, do not wait for an answer (HZ-074).

A message is no emergency channel, so a match shows the 911 text at once and opens a task due now. The list is ours, a
design proposal for a medical director to sign; English only. A false match costs a phone call, a miss may cost more:
"I have no chest pain" matches on purpose.
"""

from __future__ import annotations

import re

_BREATH = r"breath\w*|get (?:my |her |his |any )?(?:air|breath)"
_CANNOT = r"cannot|can not|cant|could not|couldnt|unable to|not able to|barely|hardly"
_PARTS = r"face|lips?|tongue|throat|mouth|eyes?|neck"

#: What it is called in the record -> the words, over text without marks and apostrophes.
PHRASES: tuple[tuple[str, str], ...] = (
    (
        "chest pain",
        r"chest (?:\w+ ){0,2}(?:pains?|hurt\w*|pressure|tight\w*|heavy|burns?)|(?:pains?|pressure|tight\w*) in (?:my|the|her|his) chest"
        r"|tight chest|heart attack",
    ),
    (
        "cannot breathe",
        rf"(?:{_CANNOT}) (?:{_BREATH})|(?:trouble|difficulty|problems?|hard|difficult|struggl\w*) (?:to )?(?:{_BREATH})"
        r"|short(?:ness)? of breath|not breathing|stopped breathing|gasping|chok(?:ing|es)|wheez\w*|catch (?:my|her|his) breath",
    ),
    ("swelling", r"swell\w*|swollen|puffy (?:" + _PARTS + r")|throat (?:\w+ ){0,2}(?:clos\w*|tight\w*)"),
    (
        "fainted",
        r"faint\w*|pass(?:ed|ing|es)? out|black(?:ed|ing)? out|unconscious|unresponsive|collaps\w*|wont wake|will not wake"
        r"|(?:cannot|cant) wake|not waking",
    ),
    ("allergic reaction", r"anaphyla\w*|allergic reaction|hives|epi ?pen|epinephrine"),
    ("blue skin", r"(?:lips?|skin|fingers?|face) (?:\w+ ){0,2}blue|turning blue|turned blue|blue lips"),
    (
        "stroke",
        r"stroke|face (?:\w+ ){0,2}droop\w*|slurr\w*|(?:cannot|cant) (?:speak|talk)|one side (?:\w+ ){0,3}(?:numb|weak)"
        r"|(?:numb|weak)\w* (?:\w+ ){0,2}one side",
    ),
    ("seizure", r"seizure\w*|convuls\w*|having a fit"),
    (
        "bleeding",
        r"bleed\w* (?:a lot|heav\w*|badly|and (?:it )?(?:wont|will not) stop)|(?:wont|will not|cannot|cant) stop (?:the )?bleed\w*"
        r"|blood everywhere|(?:cough\w*|vomit\w*|throw\w*|threw)(?: up)? blood|bleed\w* (?:wont|will not|does not) stop",
    ),
    ("harm", r"kill myself|end my life|suicid\w*|want to die|hurt myself|overdos\w*|too much (?:medicine|drug)"),
    ("emergency", r"\b911\b|emergency|ambulance|dying|help me now"),
)
_COMPILED = tuple((name, re.compile(rf"\b(?:{pattern})", re.IGNORECASE)) for name, pattern in PHRASES)


def emergency_words(text: str) -> tuple[str, ...]:
    """The names of what the text speaks of; empty when nothing of the list is in it."""
    plain = _plain(text)
    return tuple(name for name, pattern in _COMPILED if pattern.search(plain))


def _plain(text: str) -> str:
    without = re.sub(r"['’‘`´]", "", text.casefold())
    return " ".join(re.sub(r"[^\w]+", " ", without).split())
