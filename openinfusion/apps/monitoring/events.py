"""Events of watched infusions."""

from openinfusion.platform.events import declare

INFUSION_STARTED = declare("infusion.seen", "Pump {serial} reports an infusion", step="watched")
INFUSION_ENDED = declare("infusion.ended", "Infusion on pump {serial} ended: {reason}", step="watched")
RAISED = declare("alarm.raised", "{priority} alarm: {title}", step="watched")
RAISED_AGAIN = declare("alarm.raised_again", "{priority} alarm again, now worse: {title}", step="watched")
CONDITION_ENDED = declare("alarm.condition_ended", "The condition of the alarm is over: {title}", step="watched")
ACKNOWLEDGED = declare("alarm.acknowledged", "Alarm taken: {title}", step="watched")
SILENCED = declare("alarm.silenced", "Alarm silenced until {until}: {title}", step="watched")
ESCALATED = declare("alarm.escalated", "Alarm passed on, step {step}: {title}", step="watched")
CLOSED = declare("alarm.closed", "Alarm closed: {title}", step="watched")
EXPIRED = declare("alarm.expired", "Low alarm rested by itself: {title}", step="watched")
SET_ASIDE = declare("message.set_aside", "Messages of pump {pump} set aside: {cause}")
SET_ASIDE_RESOLVED = declare("message.resolved", "Messages of pump {pump} that were set aside are dealt with: {cause}")
ROTA_CHANGED = declare("on_call.changed", "On-call rota changed: step {step}")
ROTA_GAP = declare("on_call.gap", "On-call rota has a gap at step {step}")
