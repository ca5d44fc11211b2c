"""Messages between home and program. A message with emergency words shows the 911 text and rings somebody at once (HZ-074)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse

from openinfusion.apps.patients.public import Episode
from openinfusion.apps.portal import events as kinds
from openinfusion.apps.portal.emergency_words import emergency_words
from openinfusion.apps.portal.models import Message
from openinfusion.apps.portal.policies import INBOX, WRITE
from openinfusion.core.controls import control_is_on
from openinfusion.platform import events
from openinfusion.platform.access import Access, fetch
from openinfusion.platform.access.roles import Role
from openinfusion.platform.errors import BadInput
from openinfusion.platform.worklist.services import close_by_key, open_task

#: The response clock people at home are told. Our default, a design proposal.
ANSWER_WITHIN = timedelta(hours=4)
LONGEST = 4000


@transaction.atomic
def send_message(*, episode: Episode, text: str, by: Access, at: datetime) -> Message:
    """A patient or caregiver writes. Opens a task with an owner; due now when the text speaks of an emergency."""
    by.require(WRITE)
    episode = fetch(Episode, by=by, pk=episode.pk)
    text = _checked(text)
    found = emergency_words(text) if control_is_on("HZ-074") else ()
    due = at if found else at + ANSWER_WITHIN
    message = Message.objects.create(
        tenant_id=by.tenant_id, episode=episode, from_home=True, sender_id=by.user_id, sender_name=by.name, text=text,
        is_urgent=bool(found), urgent_words=list(found), sent_at=at, answer_due_at=due,
    )  # fmt: skip
    kind = kinds.URGENT_MESSAGE if found else kinds.MESSAGE_SENT
    events.record(kind=kind, subject=message, by=by, at=at, data={"words": list(found)} if found else {})
    _ring(message, due=due, by=by, at=at)
    return message


def _ring(message: Message, *, due: datetime, by: Access, at: datetime) -> None:
    urgent = message.is_urgent
    open_task(
        key=task_key(message), subject=message, owner_role=Role.MONITOR, due_at=due, by=by, at=at,
        title="EMERGENCY words in a message from home: call the home now" if urgent else "Message from home: answer it",
        why="The person was told to call 911. Nobody knows whether they did." if urgent else "Somebody at home waits for an answer.",
        clears="Reach the person by phone and write what was done" if urgent else "Answer the message, or mark it as needing none",
        url=reverse("portal:conversation", args=[message.episode_id]),
    )  # fmt: skip


def task_key(message: Message) -> str:
    return f"portal_message:{message.pk}"


@transaction.atomic
def answer(*, episode: Episode, text: str, by: Access, at: datetime) -> Message:
    """Staff answers. Everything waiting in the conversation counts as read; only a phone call closes an emergency's task."""
    by.require(INBOX)
    episode = fetch(Episode, by=by, pk=episode.pk)
    message = Message.objects.create(
        tenant_id=by.tenant_id, episode=episode, from_home=False, sender_id=by.user_id, sender_name=by.name,
        text=_checked(text), sent_at=at,
    )  # fmt: skip
    _mark_read(episode, from_home=True, outcome="Answered", by=by, at=at)
    events.record(kind=kinds.MESSAGE_ANSWERED, subject=message, by=by, at=at)
    return message


@transaction.atomic
def read_from_home(*, episode: Episode, by: Access, at: datetime) -> int:
    """Staff has read the messages and they need no answer."""
    by.require(INBOX)
    episode = fetch(Episode, by=by, pk=episode.pk)
    return _mark_read(episode, from_home=True, outcome="Read; needs no answer", by=by, at=at)


@transaction.atomic
def read_at_home(*, episode: Episode, by: Access, at: datetime) -> int:
    """The home has read our answers."""
    by.require(WRITE)
    episode = fetch(Episode, by=by, pk=episode.pk)
    return _mark_read(episode, from_home=False, outcome="", by=by, at=at)


def _mark_read(episode: Episode, *, from_home: bool, outcome: str, by: Access, at: datetime) -> int:
    rows = Message.objects.select_for_update().filter(episode=episode, from_home=from_home, read_at=None)
    unread = list(rows.order_by("pk"))
    for message in unread:
        message.read_at, message.read_by_name = at, by.name
        message.save(update_fields=["read_at", "read_by_name"])
        if from_home and not message.is_urgent:
            close_by_key(key=task_key(message), by=by, at=at, outcome=outcome)
    if unread:
        reader = "program" if from_home else "home"
        events.record(
            kind=kinds.MESSAGES_READ, subject=episode, by=by, at=at, data={"count": len(unread), "reader": reader}
        )
    return len(unread)


def _checked(text: str) -> str:
    text = text.strip()
    if not text:
        raise BadInput({"text": "Write your message."})
    if len(text) > LONGEST:
        raise BadInput({"text": f"Write at most {LONGEST:,} characters. Call us if it is more."})
    return text
