from django.urls import include, path

from . import views

plan_urls = [
    path("", views.comparison, name="comparison"),
    path("share/", views.share, name="comparison_share"),
    path("stop/", views.stop, name="comparison_stop"),
]

urlpatterns = [
    path("plans/<id:plan_id>/comparison/", include(plan_urls)),
]
