from django.urls import path

from . import views

urlpatterns = [
    path("plans/<id:plan_id>/steps/<int:number>/news/", views.news, name="step_news"),
]
