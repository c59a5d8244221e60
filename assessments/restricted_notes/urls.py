from django.urls import include, path

from . import views

plan_urls = [
    path("restricted/", views.restricted_texts, name="restricted_texts"),
    path("items/<id:item_id>/restricted/", views.note, name="restricted_note"),
]

urlpatterns = [
    path("plans/<id:plan_id>/", include(plan_urls)),
]
