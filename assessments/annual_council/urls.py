from django.urls import include, path

from . import views

plan_urls = [
    path("", views.annual_council, name="annual_council"),
    path("rules/", views.rules, name="annual_council_rules"),
    path("script/", views.script, name="annual_council_script"),
    path("<slug:office>/", views.election, name="office_election"),
    path("<slug:office>/nominations/", views.nominations, name="office_nominations"),
    path("<slug:office>/tie/", views.tie, name="office_tie"),
    path("<slug:office>/remove-vote/", views.remove_vote, name="office_remove_vote"),
    path("<slug:office>/nominate-again/", views.nominate_again, name="office_again"),
]

urlpatterns = [
    path("plans/<id:plan_id>/annual-council/", include(plan_urls)),
]
