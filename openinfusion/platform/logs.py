"""Structured logs without health information: a fixed set of keys; anything else is dropped (HZ-102, HZ-103)."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

#: Keys a log line may carry. Ids and codes, never names, dates of birth, drugs, doses or free text of people.
ALLOWED = frozenset(
    {
        "event", "level", "timestamp", "logger", "code", "count", "seconds", "path", "method", "status", "tenant_id", "user_id",
        "patient_id", "episode_id", "visit_id", "alarm_id", "device_id", "claim_id", "position", "port", "host", "attempt",
        "kind", "channel", "process", "error_type", "exc_info", "exception", "seed", "size", "version",
    }
)  # fmt: skip


def keep_allowed(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop every key that is not on the list; the line says how many were dropped."""
    dropped = [key for key in event if key not in ALLOWED and not key.startswith("_")]
    for key in dropped:
        del event[key]
    if dropped:
        event["count"] = event.get("count", len(dropped))
    return event


def without_values(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """An exception is logged by type and place; its text may hold a person's data and stays out."""
    error = event.pop("exc_info", None)
    if error:
        kind, _value, trace = sys.exc_info() if error is True else error
        event["error_type"] = getattr(kind, "__name__", str(kind))
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        if trace is not None:
            event["exception"] = f"{trace.tb_frame.f_code.co_filename.rsplit('openinfusion', 1)[-1]}:{trace.tb_lineno}"
    return event


def configure(*, level: str) -> None:
    """Send all logs, ours and the libraries', as JSON lines to standard error."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        without_values,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, _library_line],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                keep_allowed,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.getLogger("uvicorn.access").disabled = True  # request lines hold addresses; ours are structured


def _library_line(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A library's message may quote input: keep the logger's name and the unfilled template only."""
    record = event.get("_record")
    if record is not None:
        event["logger"] = record.name
        event["event"] = record.msg if isinstance(record.msg, str) and record.args else _first_words(record)
    return event


def _first_words(record: logging.LogRecord) -> str:
    return str(record.msg)[:120] if record.name.startswith(("openinfusion", "uvicorn")) else f"message of {record.name}"
