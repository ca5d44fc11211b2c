"""Events of patients and episodes. Sentences name no person; data holds small facts and ids."""

from openinfusion.platform.events import declare

REGISTERED = declare("patient.registered", "Patient registered")
UPDATED = declare("patient.updated", "Demographics changed: {fields}")
RESTRICTED = declare("patient.restricted", "Chart restriction changed: {restricted}")
IDENTIFIER_RECORDED = declare("patient.identifier_recorded", "Identifier recorded, {kind} of another system")

ALLERGY_RECORDED = declare("allergy.recorded", "Allergy recorded")
ALLERGIES_NONE_KNOWN = declare("allergy.none_known", "No known allergies: asked and recorded")
ALLERGIES_REVIEWED = declare("allergy.reviewed", "Allergies reviewed with the patient")
CONDITION_RECORDED = declare("condition.recorded", "Condition recorded")
CONDITIONS_REVIEWED = declare("condition.reviewed", "Conditions reviewed")
MEDICATION_RECORDED = declare("medication.recorded", "Home medicine recorded")
MEDICATION_STOPPED = declare("medication.stopped", "Home medicine ended")
CONDITION_RESOLVED = declare("condition.resolved", "Condition ended")
MEDICATIONS_REVIEWED = declare("medication.reviewed", "Home medicines reviewed")
WEIGHT_RECORDED = declare("weight.recorded", "Weight {value} kg recorded, {method}")
MEASUREMENT_RECORDED = declare("measurement.recorded", "{test} recorded")
ACCESS_RECORDED = declare("access_device.recorded", "Access device recorded: {kind}")
ACCESS_REMOVED = declare("access_device.removed", "Access device removed: {kind}")
ENTERED_IN_ERROR = declare("chart_entry.entered_in_error", "Entry marked as entered in error: {entry}")

CONTACT_RECORDED = declare("contact.recorded", "Contact recorded: {relation}")
CONTACT_CHANGED = declare("contact.changed", "Contact changed: {relation}")
CONTACT_ENDED = declare("contact.ended", "Contact ended: {relation}")
CONSENT_RECORDED = declare("consent.recorded", "Consent to {kind} signed by {relation}")
CONSENT_REVOKED = declare("consent.revoked", "Consent to {kind} revoked")
PRESCRIBER_RECORDED = declare("prescriber.recorded", "Prescriber recorded")

EPISODE_OPENED = declare("episode.opened", "Episode {number} opened", step="referral")
EPISODE_CHANGED = declare("episode.changed", "Episode details changed: {fields}")
EPISODE_ACCEPTED = declare("episode.accepted", "Episode accepted", step="referral")
EPISODE_ASSESSED = declare("episode.assessed", "Home and caregiver assessment recorded", step="home")
THERAPY_STARTED = declare("episode.therapy_started", "First dose: therapy started")
EPISODE_HELD = declare("episode.held", "Episode put on hold")
EPISODE_RESUMED = declare("episode.resumed", "Episode resumed")
EPISODE_COMPLETED = declare("episode.completed", "Therapy completed")
EPISODE_DISCHARGED = declare("episode.discharged", "Patient discharged from home infusion")
EPISODE_CANCELLED = declare("episode.cancelled", "Episode cancelled before therapy")
NURSE_NAMED = declare("episode.nurse_named", "Primary nurse named")

LINK_STARTED = declare("chart_link.started", "Access to the chart given to {relation}")
LINK_ENDED = declare("chart_link.ended", "Access to the chart ended for {relation}")
GLASS_BROKEN = declare("break_glass.opened", "Chart opened in an emergency for {minutes} minutes")
GLASS_REVIEWED = declare("break_glass.reviewed", "Emergency opening reviewed: {verdict}")
GLASS_ENDED = declare("break_glass.ended", "Emergency opening ended early")

#: Changes of the chart itself that the time line of an episode shows beside its own events.
CHART_CHANGES = (
    ALLERGY_RECORDED,
    ALLERGIES_NONE_KNOWN,
    ALLERGIES_REVIEWED,
    CONDITION_RECORDED,
    MEDICATION_RECORDED,
    WEIGHT_RECORDED,
    ACCESS_RECORDED,
    ACCESS_REMOVED,
    ENTERED_IN_ERROR,
)
