from django.urls import include, path

from . import views

plan_urls = [
    path("", views.election_night, name="election_night"),
    path("start/", views.start, name="election_night_start"),
    path("news/", views.news, name="election_night_news"),
    path("settings/", views.settings, name="election_night_settings"),
    path("wards/", views.add_wards, name="election_night_wards"),
    path("wards/<id:ward_id>/", views.ward, name="election_night_ward"),
    path("wards/<id:ward_id>/change/", views.ward_change, name="election_night_ward_change"),
    path("wards/<id:ward_id>/remove/", views.ward_remove, name="election_night_ward_remove"),
    path("finish/", views.finish, name="election_night_finish"),
    path("stop/", views.stop, name="election_night_stop"),
    path("pdf/", views.pdf, name="election_night_pdf"),
]

urlpatterns = [
    path("plans/<id:plan_id>/election-night/", include(plan_urls)),
]
