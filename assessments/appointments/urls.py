from django.urls import path

from . import views

urlpatterns = [
    path("councils/<slug:slug>/groups/", views.group_notices, name="group_notices"),
    path("councils/<slug:slug>/groups/new/", views.group_notice_new, name="group_notice_new"),
]
