"""Who may receive, see and decide referrals."""

from openinfusion.platform.access.roles import CHART_STAFF, Role, declare

SEE = declare("referral.see", "see referrals", CHART_STAFF)
RECEIVE = declare("referral.receive", "receive a referral and say whose chart it belongs to", {Role.INTAKE})
#: The names the referral workflow in ``core.states`` asks for.
REVIEW = declare("referral.review", "review a referral", {Role.INTAKE, Role.PHARMACIST, Role.OPERATIONS})
DECIDE = declare("referral.decide", "accept or decline a referral", {Role.INTAKE, Role.PHARMACIST, Role.OPERATIONS})
