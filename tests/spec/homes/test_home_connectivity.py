"""How the home can be reached: needs follow from known answers, unknown ones are asked again.

Source: issue step 3.
"""

from __future__ import annotations

import pytest

from openinfusion.core.findings import Severity
from openinfusion.core.homes import Answer, Connectivity, Help, screen

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.NOT_KNOWN
ALL_WELL = {
    "phone_works": YES,
    "internet_works": YES,
    "mobile_signal": YES,
    "has_screen": YES,
    "hears_on_the_phone": YES,
    "sees_the_screen": YES,
    "manages_the_device": YES,
}


@pytest.mark.parametrize(
    ("changes", "needs"),
    [
        ({}, []),
        ({"internet_works": NO}, [Help.HOTSPOT]),
        ({"internet_works": NO, "mobile_signal": NO}, [Help.PHONE_ONLY]),
        ({"internet_works": NO, "mobile_signal": NO, "has_screen": NO}, [Help.PHONE_ONLY]),
        ({"internet_works": NO, "has_screen": NO}, [Help.HOTSPOT, Help.TABLET]),
        ({"mobile_signal": NO}, []),
        ({"has_screen": NO}, [Help.TABLET]),
        ({"hears_on_the_phone": NO, "sees_the_screen": NO}, [Help.HEARING, Help.VISION]),
        ({"manages_the_device": NO}, [Help.TECHNOLOGY]),
        ({"internet_works": UNKNOWN}, []),
    ],
)
def test_what_the_home_needs(changes: dict[str, Answer], needs: list[Help]) -> None:
    found = screen(Connectivity(**{**ALL_WELL, **changes}))
    assert [need.help for need in found.needs] == needs
    assert all(need.sentence.endswith(".") and need.owner_role for need in found.needs)


def test_video_can_be_planned_only_when_everything_is_known_to_work() -> None:
    assert screen(Connectivity(**ALL_WELL)).can_do_video
    for name in ALL_WELL:
        assert not screen(Connectivity(**{**ALL_WELL, name: UNKNOWN})).can_do_video
    assert not screen(Connectivity(**{**ALL_WELL, "has_screen": NO})).can_do_video


@pytest.mark.parametrize(
    ("phone", "detail"),
    [
        (NO, "No working phone: nobody in this home can call 911."),
        (UNKNOWN, "Whether a phone works in this home: not known."),
    ],
)
def test_a_home_without_a_known_working_phone_blocks(phone: Answer, detail: str) -> None:
    (finding,) = screen(Connectivity(**{**ALL_WELL, "phone_works": phone})).findings
    assert (finding.severity, finding.detail) == (Severity.BLOCK, detail)


def test_nothing_known_asks_everything_and_assumes_no_need() -> None:
    found = screen(Connectivity())
    assert found.needs == ()
    assert [finding.rule for finding in found.findings] == [
        "connectivity.phone",
        "connectivity.internet",
        "connectivity.signal",
        "connectivity.device",
        "connectivity.hearing",
        "connectivity.vision",
        "connectivity.technology",
    ]
