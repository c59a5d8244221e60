from django.urls import include, path

from . import views

plan_urls = [
    path("history/", views.history, name="plan_history"),
    path("items/<id:item_id>/history/", views.item_history, name="item_history"),
]

urlpatterns = [
    path("plans/<id:plan_id>/", include(plan_urls)),
]
