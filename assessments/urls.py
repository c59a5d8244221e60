"""The URLs of `assessments`. Each subject lists its own."""

from django.urls import include, path

urlpatterns = [
    path("", include("assessments.action_log.urls")),
    path("", include("assessments.advisers.urls")),
    path("", include("assessments.annual_council.urls")),
    path("", include("assessments.appointments.urls")),
    path("", include("assessments.comments.urls")),
    path("", include("assessments.data_protection.urls")),
    path("", include("assessments.development.urls")),
    path("", include("assessments.election_night.urls")),
    path("", include("assessments.exports.urls")),
    path("", include("assessments.for_you.urls")),
    path("", include("assessments.history.urls")),
    path("", include("assessments.next_cycle.urls")),
    path("", include("assessments.notices.urls")),
    path("", include("assessments.pages.urls")),
    path("", include("assessments.parity.urls")),
    path("", include("assessments.portfolio.urls")),
    path("", include("assessments.presence.urls")),
    path("", include("assessments.register.urls")),
    path("", include("assessments.restricted_notes.urls")),
    path("", include("assessments.reviews.urls")),
    path("", include("assessments.rounds.urls")),
    path("", include("assessments.seats.urls")),
    path("", include("assessments.timetable.urls")),
]
