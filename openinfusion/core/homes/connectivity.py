"""Technology and connectivity screen: how this home can be reached, and what help it needs.

For intake, so that a plan never counts on video or telemetry a home does not have. Source:
home_safety_checklist.csv H15 and H16 and issue step 3; thresholds: none, only yes, no, not known.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from openinfusion.core.findings import Finding, Severity
from openinfusion.core.homes.checklist import Answer

SOURCE = "home_safety_checklist H15, H16 (seed)"


class Help(enum.StrEnum):
    """What the home needs before video or telemetry can be counted on."""

    PHONE_ONLY = "phone_only"
    HOTSPOT = "hotspot"
    TABLET = "tablet"
    HEARING = "hearing"
    VISION = "vision"
    TECHNOLOGY = "technology"


_WORDS = {
    Help.PHONE_ONLY: "Phone only: plan calls, no video and no telemetry.",
    Help.HOTSPOT: "Needs a mobile hotspot for video and telemetry.",
    Help.TABLET: "Needs a tablet for video.",
    Help.HEARING: "Needs help with hearing: captions, amplified phone or written messages.",
    Help.VISION: "Needs help with seeing: large print, voice or a reader.",
    Help.TECHNOLOGY: "Needs help with the device: a caregiver or a first session together.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Connectivity:
    """The answers. Each is yes, no or not known; leaving one out is not known."""

    phone_works: Answer = Answer.NOT_KNOWN
    internet_works: Answer = Answer.NOT_KNOWN
    mobile_signal: Answer = Answer.NOT_KNOWN
    has_screen: Answer = Answer.NOT_KNOWN
    hears_on_the_phone: Answer = Answer.NOT_KNOWN
    sees_the_screen: Answer = Answer.NOT_KNOWN
    manages_the_device: Answer = Answer.NOT_KNOWN


@dataclass(frozen=True, slots=True)
class Need:
    help: Help
    sentence: str
    owner_role: str


@dataclass(frozen=True, slots=True)
class Screen:
    """What the home needs, and what stands in the way or is not known."""

    needs: tuple[Need, ...]
    findings: tuple[Finding, ...]

    @property
    def can_do_video(self) -> bool:
        """True only when line, screen and person are known to manage it without anything more."""
        return not self.needs and not self.findings


def screen(answers: Connectivity) -> Screen:
    """Needs follow from a known answer; an unknown one is asked again, never guessed."""
    needs = tuple(Need(help_, _WORDS[help_], _owner(help_)) for help_ in _needs(answers))
    return Screen(needs, _findings(answers))


def _needs(answers: Connectivity) -> list[Help]:
    needs: list[Help] = []
    has_line = answers.internet_works is Answer.YES
    could_have_line = answers.mobile_signal is Answer.YES
    if answers.internet_works is Answer.NO and could_have_line:
        needs.append(Help.HOTSPOT)
    if answers.internet_works is Answer.NO and answers.mobile_signal is Answer.NO:
        needs.append(Help.PHONE_ONLY)
    elif answers.has_screen is Answer.NO and (has_line or could_have_line):
        needs.append(Help.TABLET)
    for answer, help_ in (
        (answers.hears_on_the_phone, Help.HEARING),
        (answers.sees_the_screen, Help.VISION),
        (answers.manages_the_device, Help.TECHNOLOGY),
    ):
        if answer is Answer.NO:
            needs.append(help_)
    return needs


def _findings(answers: Connectivity) -> tuple[Finding, ...]:
    findings = []
    if answers.phone_works is Answer.NO:
        findings.append(_finding("phone", Severity.BLOCK, "No working phone: nobody in this home can call 911."))
    if answers.phone_works is Answer.NOT_KNOWN:
        findings.append(_finding("phone", Severity.BLOCK, "Whether a phone works in this home: not known."))
    for name, answer, words in (
        ("internet", answers.internet_works, "Whether the internet works"),
        ("signal", answers.mobile_signal, "Whether there is a mobile signal"),
        ("device", answers.has_screen, "Whether there is a device with a screen"),
        ("hearing", answers.hears_on_the_phone, "Whether the person hears on the phone"),
        ("vision", answers.sees_the_screen, "Whether the person sees the screen"),
        ("technology", answers.manages_the_device, "Whether the person manages the device"),
    ):
        if answer is Answer.NOT_KNOWN:
            findings.append(_finding(name, Severity.INTERRUPT, f"{words}: not known."))
    return tuple(findings)


def _finding(name: str, severity: Severity, detail: str) -> Finding:
    return Finding(f"connectivity.{name}", severity, "phone and video", detail, SOURCE, "home")


def _owner(help_: Help) -> str:
    return "technician" if help_ in (Help.HOTSPOT, Help.TABLET) else "intake"
