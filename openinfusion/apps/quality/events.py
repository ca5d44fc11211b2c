"""Events of quality."""

from openinfusion.platform.events import declare

OUTCOME = declare("outcome.recorded", "Outcome recorded: therapy completed {completed}, unplanned hospital stay {stay}")
INCIDENT = declare("incident.reported", "Incident reported: {kind}")
SURVEY = declare("survey.answered", "Patient's answers recorded: {answers} of {asked}")
COST_RATE = declare("quality.cost_rate_added", "Cost rate added: {kind} {item}, from {source}")
