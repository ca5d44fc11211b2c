"""Who may record outcomes and see what the program does."""

from openinfusion.platform.access.roles import CHART_STAFF, CLINICAL, Role, declare

SEE = declare("quality.see", "see the program's measures", {Role.QUALITY, Role.OPERATIONS, Role.MEDICAL_DIRECTOR})
READ = declare("quality.read_outcome", "see the outcome of an episode", CHART_STAFF)
RECORD = declare("quality.record", "record outcomes and patients' answers", {*CLINICAL, Role.QUALITY, Role.INTAKE})
REPORT = declare("quality.report", "report an incident", CHART_STAFF)
COST = declare("quality.cost", "see what an episode costs", {Role.QUALITY, Role.OPERATIONS, Role.BILLER})
RATES = declare("quality.cost_rates", "keep the program's own cost rates", {Role.OPERATIONS, Role.QUALITY})
