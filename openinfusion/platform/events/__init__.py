"""The event spine: each write leaves its row, an immutable domain event and an audit record in one transaction.

Time lines, measures and readiness facts read events; nothing is entered twice. An app declares its kinds of event in
``events.py``; a higher app learns of things by an event, through the one list in ``project/subscriptions.py``.
"""

from openinfusion.platform.events.kinds import Kind, declare, every_kind, kind
from openinfusion.platform.events.spine import NewEvent, record, record_many, subscribe

__all__ = ["Kind", "NewEvent", "declare", "every_kind", "kind", "record", "record_many", "subscribe"]
