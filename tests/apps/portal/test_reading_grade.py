"""What patients read is written for grade 6 to 7 (HZ-075): the Flesch-Kincaid grade of every portal page."""

import html
import re

import pytest

from openinfusion.apps.portal.public import send_message

HIGHEST_GRADE = 6.5
PAGES = ("", "messages/", "call-911/", "count/", "call/")


def syllables(word: str) -> int:
    """Vowel groups, less a silent e at the end."""
    word = word.lower()
    count = len(re.findall(r"[aeiouy]+", word))
    if word.endswith("e") and not word.endswith(("le", "ee")) and count > 1:
        count -= 1
    return max(1, count)


def grade(text: str) -> float:
    """Flesch-Kincaid grade: 0.39 words per sentence + 11.8 syllables per word - 15.59."""
    sentences = [one for one in re.split(r"[.!?:]+(?:\s|$)|\n+", text) if re.search(r"[A-Za-z]", one)]
    words = re.findall(r"[A-Za-z']+", text)
    return 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def shown(page: str) -> str:
    """The text of the main part, one line per block."""
    main = page.split("<main", 1)[1].split("</main>", 1)[0].split(">", 1)[1]
    main = re.sub(r"<svg.*?</svg>|<input[^>]*>", "", main, flags=re.S)
    main = re.sub(r"</(?:p|h1|h2|h3|li|a|button|label|div)>|<br>", "\n", main)
    return html.unescape(re.sub(r"<[^>]+>", "", main))


def test_the_measure_itself():
    assert syllables("medicine") == 3 and syllables("home") == 1 and syllables("little") == 2
    assert grade("The cat sat on the mat.") < 1
    assert grade("Administration of intravenous immunoglobulin necessitates continuous physiological observation.") > 15


@pytest.mark.parametrize("name", PAGES)
def test_every_page_for_people_at_home_reads_like_grade_six(case, patient_client, patient_access, at, name):
    send_message(episode=case.episode, text="When do you come?", by=patient_access, at=at)
    text = shown(patient_client.get(f"/portal/{case.episode.pk}/{name}").content.decode())
    assert len(text.split()) > 15
    assert grade(text) <= HIGHEST_GRADE, text


@pytest.mark.parametrize("name", PAGES)
def test_no_word_of_the_trade_stands_on_a_page_for_people_at_home(case, patient_client, name):
    text = shown(patient_client.get(f"/portal/{case.episode.pk}/{name}").content.decode()).lower()
    for word in (
        "administration",
        "adverse",
        "anaphylaxis",
        "catheter",
        "dyspnea",
        "edema",
        "beyond-use",
        "episode",
        "utilize",
    ):
        assert word not in text
