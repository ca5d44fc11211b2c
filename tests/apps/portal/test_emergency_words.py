"""Emergency words in a message from home (HZ-074). Our own list, a design proposal; recall over these sentences is 100 %."""

import pytest

from openinfusion.apps.portal.emergency_words import PHRASES, emergency_words

SAID = {
    "chest pain": (
        "I have chest pain", "my chest hurts", "My chest feels tight", "there is pressure in my chest", "PAIN IN MY CHEST!!",
        "I think it is a heart attack",
    ),
    "cannot breathe": (
        "I can't breathe", "I can’t breathe", "she cannot breathe", "I cannot catch my breath", "it is hard to breathe",
        "trouble breathing since the drip", "I am short of breath", "he is wheezing", "she is choking", "I can barely breathe",
        "can not get air",
    ),
    "swelling": ("my face is swelling", "his lips are swollen", "Her throat is closing", "puffy eyes and an itch"),
    "fainted": ("I fainted", "she passed out", "He blacked out", "I feel faint", "mom collapsed", "he won't wake up"),
    "allergic reaction": ("I think it is an allergic reaction", "hives all over", "we used the EpiPen"),
    "blue skin": ("her lips are turning blue", "his skin is blue"),
    "stroke": ("his face is drooping", "she has slurred speech", "one side is numb"),
    "seizure": ("she had a seizure", "he is having a fit"),
    "bleeding": ("the line is bleeding and won't stop", "coughing up blood", "I can't stop the bleeding"),
    "harm": ("I want to die", "I took too much medicine"),
    "emergency": ("should I call 911?", "this is an emergency", "I am dying"),
}  # fmt: skip
CALM = (
    "When does the nurse come?", "Can I move my visit to Friday?", "The box came today, thank you.", "I need more gauze.",
    "My arm itches a bit where the tape is.", "May I eat before the infusion?", "The pump beeped once and is fine now.",
)  # fmt: skip
#: Known misses: figures of speech the list cannot read. Written down so that nobody thinks it reads everything.
MISSED = ("It feels like an elephant sits on me", "I cannot feel my legs", "no puedo respirar")


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in SAID.items() for text in texts])
def test_every_sentence_of_the_list_is_recognised(name, text):
    assert name in emergency_words(text)


@pytest.mark.parametrize("text", CALM)
def test_everyday_messages_are_not_called_an_emergency(text):
    assert emergency_words(text) == ()


@pytest.mark.parametrize("text", MISSED)
def test_what_the_list_does_not_read_is_written_down(text):
    assert emergency_words(text) == ()


def test_a_denial_matches_on_purpose():
    """A call too many costs less than a miss."""
    assert emergency_words("I have no chest pain") == ("chest pain",)


def test_every_name_of_the_list_has_sentences():
    assert {name for name, _ in PHRASES} == set(SAID)
