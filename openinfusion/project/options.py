"""Every environment setting of the product: name, default, meaning. `openinfusion check` and the reference read it."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Option:
    name: str
    default: str
    meaning: str


OPTIONS = (
    Option(
        "DATABASE_URL", "", "Database. Empty: SQLite in the data folder. PostgreSQL: postgres://user:password@host/name"
    ),
    Option("OPENINFUSION_DATA_DIR", "", "Folder for the database, the device log and the audit anchors. Empty: ./var"),
    Option("OPENINFUSION_SECRET_KEY", "", "Signs sessions. At least 50 random characters; required outside a demo"),
    Option("OPENINFUSION_HOSTS", "127.0.0.1,localhost,[::1]", "Host names the web server answers to, comma between"),
    Option(
        "OPENINFUSION_PUBLIC_URL",
        "",
        "Address people type, for example https://infusion.example.org; https turns on secure cookies",
    ),
    Option("OPENINFUSION_DEMO", "0", "1: demo program with invented people. Never with real patients"),
    Option("OPENINFUSION_PORT", "8000", "Port of the web server"),
    Option("OPENINFUSION_SESSION_IDLE_MINUTES", "15", "Minutes without a request after which a person signs in again"),
    Option("OPENINFUSION_SESSION_ABSOLUTE_HOURS", "12", "Hours after which a person signs in again in any case"),
    Option("OPENINFUSION_BREAK_GLASS_MINUTES", "60", "How long a chart opened by break-glass stays open"),
    Option("OPENINFUSION_BREAK_GLASS_REVIEW_HOURS", "72", "Within how many hours each break-glass is reviewed"),
    Option("OPENINFUSION_UPLOAD_LIMIT_MB", "16", "Largest upload accepted, in megabytes"),
    Option("OPENINFUSION_GATEWAY_HOST", "127.0.0.1", "Address the device gateway listens on"),
    Option("OPENINFUSION_MLLP_PORT", "2575", "Port for HL7 v2 over MLLP"),
    Option("OPENINFUSION_GATEWAY_HTTP_PORT", "8001", "Port for device events as JSON"),
    Option("OPENINFUSION_LOG_LEVEL", "INFO", "Least level written to the log: DEBUG, INFO, WARNING, ERROR"),
)
_BY_NAME = {option.name: option for option in OPTIONS}


def read(name: str) -> str:
    """The value of a declared setting; an undeclared name is a programming error."""
    return os.environ.get(name, "").strip() or _BY_NAME[name].default
