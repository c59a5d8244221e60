from django.urls import path

from . import views

urlpatterns = [
    path("for-you/", views.for_you, name="for_you"),
    path("plans/<id:plan_id>/for-you/", views.plan_for_you, name="plan_for_you"),
]
