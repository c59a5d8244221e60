from django.urls import path

from . import views

COUNCIL = "councils/<slug:slug>"
GROUP = f"{COUNCIL}/balance/<id:pk>/nominations/<id:party>"

urlpatterns = [
    path(f"{COUNCIL}/groups/", views.group_notices, name="group_notices"),
    path(f"{COUNCIL}/groups/new/", views.group_notice_new, name="group_notice_new"),
    path(f"{COUNCIL}/balance/<id:pk>/nominations/", views.nominations, name="balance_nominations"),
    path(f"{GROUP}/notice/", views.seats_notice, name="balance_seats_notice"),
    path(f"{GROUP}/notice/word/", views.seats_notice_word, name="balance_notice_word"),
    path(f"{GROUP}/bodies/<id:committee_id>/", views.nomination, name="balance_nomination"),
    path(f"{COUNCIL}/appointments/", views.appointments, name="appointments"),
    path(f"{COUNCIL}/appointments/new/", views.appointment_new, name="appointment_new"),
    path(
        f"{COUNCIL}/appointments/<id:appointment_id>/",
        views.appointment_change,
        name="appointment_change",
    ),
]
