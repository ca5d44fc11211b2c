"""Addresses of intake."""

from django.urls import path

from openinfusion.apps.intake.web import views

app_name = "intake"
urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("upload/", views.upload, name="upload"),
    path("<int:pk>/", views.referral, name="referral"),
    path("<int:pk>/source/", views.source, name="source"),
    path("<int:pk>/what-to-send/", views.missing, name="missing"),
    path("<int:pk>/review/", views.review, name="review"),
    path("<int:pk>/accept/", views.accept, name="accept"),
    path("<int:pk>/decline/", views.decline, name="decline"),
    path("<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("<int:pk>/duplicate/", views.mark_duplicate, name="mark_duplicate"),
    path("<int:pk>/reopen/", views.reopen, name="reopen"),
    path("<int:pk>/same/<int:patient_id>/", views.same, name="same"),
    path("<int:pk>/new-patient/", views.new_patient, name="new_patient"),
]
