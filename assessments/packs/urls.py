from django.urls import include, path

from .views import administration, before_poll, leaders, new_councillors

plan_urls = [
    path("", before_poll.packs, name="packs"),
    path("before-the-poll/", before_poll.before_poll, name="pack_before_poll"),
    path("new-councillors/", new_councillors.new_councillors, name="new_councillors"),
    path("new-councillors/names/", new_councillors.names, name="new_councillor_names"),
    path(
        "new-councillors/returned/<slug:form>/",
        new_councillors.returns,
        name="new_councillor_returns",
    ),
    path("new-councillors/download/", new_councillors.download, name="pack_new_councillors"),
    path("administration/", administration.administration, name="pack_administration"),
    path("administration/finance-note/", administration.finance_note, name="finance_note"),
    path("administration/download/", administration.download, name="pack_administration_download"),
    path("leaders/", leaders.leaders, name="leaders_meetings"),
    path("leaders/agenda/", leaders.download, name="leaders_agenda"),
    path("leaders/add/", leaders.add, name="leaders_meeting_add"),
    path("leaders/<id:meeting_id>/", leaders.meeting, name="leaders_meeting"),
    path("leaders/<id:meeting_id>/remove/", leaders.remove, name="leaders_meeting_remove"),
    path("leaders/<id:meeting_id>/restore/", leaders.restore, name="leaders_meeting_restore"),
    path("leaders/<id:meeting_id>/actions/", leaders.make_actions, name="leaders_actions"),
]

urlpatterns = [
    path("plans/<id:plan_id>/packs/", include(plan_urls)),
]
