"""Who may watch infusions and act on alarms."""

from openinfusion.platform.access.roles import CLINICAL, Role, declare

_WATCHERS = {Role.MONITOR, Role.NURSE, Role.PHARMACIST, Role.MEDICAL_DIRECTOR}

SEE = declare("monitoring.see", "see watched infusions and alarms", CLINICAL | {Role.QUALITY, Role.OPERATIONS})
ACKNOWLEDGE = declare("alarm.acknowledge", "take an alarm", _WATCHERS)
SILENCE = declare("alarm.silence", "silence an alarm for a short time", _WATCHERS)
CLOSE = declare("alarm.close", "close an alarm with what was found and done", _WATCHERS)
RAISE = declare("alarm.raise", "raise an alarm (the program itself)", set())
ESCALATE = declare("alarm.escalate", "pass an alarm on (the program itself)", set())
EXPIRE = declare("alarm.expire", "let a low alarm rest (the program itself)", set())
APPLY = declare("monitoring.apply", "apply pump messages (the program itself)", set())
RESOLVE = declare("monitoring.resolve", "deal with pump messages that were set aside", _WATCHERS | {Role.TECHNICIAN})
ROTA = declare("monitoring.rota", "keep the on-call rota", {Role.MONITOR, Role.OPERATIONS, Role.MEDICAL_DIRECTOR})
OUTBOX = declare(
    "monitoring.outbox",
    "read the messages sent about alarms",
    {Role.MONITOR, Role.OPERATIONS, Role.MEDICAL_DIRECTOR, Role.QUALITY},
)
