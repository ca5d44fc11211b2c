"""Addresses of patients. They hold row ids only, never a name, a number or what was searched for (HZ-103)."""

from django.urls import path

from openinfusion.apps.patients.web import chart, entries, episodes, privacy, search

app_name = "patients"
urlpatterns = [
    path("search/", search.search, name="search"),
    path("new/", search.register, name="register"),
    path("episodes/", search.episodes, name="episodes"),
    path("episodes/<int:pk>/", episodes.episode, name="episode"),
    path("episodes/<int:pk>/change/", episodes.change, name="episode_change"),
    path("episodes/<int:pk>/move/<slug:action>/", episodes.move, name="episode_move"),
    path("episodes/<int:pk>/consents/add/", episodes.consent_add, name="consent_add"),
    path("episodes/<int:pk>/consents/<int:consent_id>/revoke/", episodes.consent_revoke, name="consent_revoke"),
    path("break-glass/", privacy.identify, name="break_glass"),
    path("break-glass/open/", privacy.open_glass, name="break_glass_open"),
    path("break-glass/review/", privacy.queue, name="break_glass_queue"),
    path("break-glass/review/<int:pk>/", privacy.review, name="break_glass_review"),
    path("<int:pk>/", chart.chart, name="chart"),
    path("<int:pk>/change/", chart.change, name="change"),
    path("<int:pk>/restrict/", chart.restrict, name="restrict"),
    path("<int:pk>/close/", chart.end_glass, name="break_glass_end"),
    path("<int:pk>/trail/", chart.trail, name="trail"),
    path("<int:pk>/documents/", chart.document_list, name="documents"),
    path("<int:pk>/documents/<int:document_id>/", chart.document, name="document"),
    path("<int:pk>/measurements/", chart.measurements, name="measurements"),
    path("<int:pk>/measurements/add/", entries.measurement, name="measurement_add"),
    path("<int:pk>/allergies/add/", entries.allergy, name="allergy_add"),
    path("<int:pk>/conditions/add/", entries.condition, name="condition_add"),
    path("<int:pk>/medications/add/", entries.medication, name="medication_add"),
    path("<int:pk>/access-devices/add/", entries.access_device, name="access_add"),
    path("<int:pk>/access-devices/<int:device_id>/remove/", entries.access_remove, name="access_remove"),
    path("<int:pk>/contacts/add/", entries.contact, name="contact_add"),
    path("<int:pk>/contacts/<int:contact_id>/change/", entries.contact_change, name="contact_change"),
    path("<int:pk>/contacts/<int:contact_id>/end/", entries.contact_end, name="contact_end"),
    path("<int:pk>/review/<slug:what>/", entries.review, name="review"),
    path("<int:pk>/entries/<slug:kind>/<int:entry_id>/error/", entries.entry_error, name="entry_error"),
    path("<int:pk>/entries/<slug:kind>/<int:entry_id>/end/", entries.entry_end, name="entry_end"),
    path("<int:pk>/episodes/new/", episodes.new, name="episode_new"),
]
