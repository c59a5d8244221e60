from django.urls import path

from . import views

urlpatterns = [
    path("plans/<id:plan_id>/items/<id:item_id>/ask/", views.ask, name="item_ask"),
]
