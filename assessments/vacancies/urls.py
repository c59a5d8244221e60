from django.urls import include, path

from . import views

plan_urls = [
    path("", views.vacancies, name="vacancies"),
    path("add/", views.add, name="vacancy_add"),
    path("note/", views.note, name="vacancy_note"),
    path("motions/add/", views.motion_add, name="confidence_motion_add"),
    path("motions/<id:motion_id>/", views.motion, name="confidence_motion"),
    path("<id:vacancy_id>/", views.vacancy, name="vacancy"),
]

urlpatterns = [
    path("plans/<id:plan_id>/vacancies/", include(plan_urls)),
]
