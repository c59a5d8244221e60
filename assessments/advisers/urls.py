from django.urls import include, path

from . import views

plan_urls = [
    path("", views.advisers, name="plan_advisers"),
    path("new/", views.new, name="plan_adviser_new"),
    path("looks/", views.looks, name="plan_adviser_looks"),
    path("<id:grant_id>/", views.change, name="plan_adviser_change"),
    path("<id:grant_id>/end/", views.revoke, name="plan_adviser_revoke"),
]

urlpatterns = [
    path("plans/<id:plan_id>/advisers/", include(plan_urls)),
]
