from django.urls import include, path

from . import views

plan_urls = [
    path("", views.advice, name="advice"),
    path("ask/", views.ask, name="advice_ask"),
    path("<id:question_id>/", views.question, name="advice_question"),
    path("<id:question_id>/end/", views.end, name="advice_end"),
    path("<id:question_id>/downloads/", views.exports, name="advice_exports"),
]

urlpatterns = [
    path("advice/", views.queue, name="advice_queue"),
    path("plans/<id:plan_id>/advice/", include(plan_urls)),
]
