from django.urls import include, path

from . import views

plan_urls = [
    path("", views.register, name="register"),
    path("<slug:noun>/add/", views.add, name="register_add"),
    path("<slug:noun>/<id:entry_id>/", views.entry, name="register_entry"),
    path("<slug:noun>/<id:entry_id>/links/", views.links, name="register_links"),
    path("<slug:noun>/<id:entry_id>/remove/", views.remove, name="register_remove"),
    path("<slug:noun>/<id:entry_id>/restore/", views.restore, name="register_restore"),
]

urlpatterns = [
    path("registers/", views.registers, name="registers"),
    path("plans/<id:plan_id>/register/", include(plan_urls)),
]
