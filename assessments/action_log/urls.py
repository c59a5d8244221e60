from django.urls import path

from . import views

urlpatterns = [
    path("plans/<id:plan_id>/action-plan/upload/", views.upload, name="log_upload"),
]
