"""Events of referrals."""

from openinfusion.platform.events import declare

RECEIVED = declare("referral.received", "Referral {number} received by {channel}, {score} percent complete")
MATCHED = declare("referral.patient_matched", "Referral {number} given to {chart}")
declare("referral.review_started", "Review of referral {number} started")
declare("referral.accepted", "Referral {number}, received {received}, accepted", step="referral")
declare("referral.declined", "Referral {number} declined: {reason}")
declare("referral.withdrawn", "Referral {number} withdrawn by the sender: {reason}")
declare("referral.marked_duplicate", "Referral {number} marked as a duplicate: {reason}")
declare("referral.reopened", "Referral {number} opened again: {reason}")
