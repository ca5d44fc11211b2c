"""Device events as JSON over HTTPS: the published schema, a guarded reader, and a writer."""

from openinfusion.formats.device_json.guard import JsonError
from openinfusion.formats.device_json.reader import (
    MAX_EVENTS,
    EventText,
    canonical,
    encode,
    read_body,
    read_report,
    schema,
)

__all__ = [
    "MAX_EVENTS",
    "EventText",
    "JsonError",
    "canonical",
    "encode",
    "read_body",
    "read_report",
    "schema",
]
