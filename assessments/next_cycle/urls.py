from django.urls import path

from . import views

urlpatterns = [
    path("plans/<id:plan_id>/next/", views.next_plan, name="plan_next"),
]
