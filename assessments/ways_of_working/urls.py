from django.urls import include, path

from . import views

plan_urls = [
    path("", views.ways_of_working, name="ways_of_working"),
    path("<slug:protocol>/", views.protocol, name="protocol"),
    path("<slug:protocol>/agreement/", views.agreement, name="protocol_agreement"),
    path("<slug:protocol>/download/", views.download, name="protocol_download"),
]

urlpatterns = [
    path("plans/<id:plan_id>/ways-of-working/", include(plan_urls)),
]
