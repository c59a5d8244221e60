from django.urls import path

from . import views

urlpatterns = [
    path("plans/<id:plan_id>/edition/", views.edition, name="plan_edition"),
    path("plans/<id:plan_id>/items/<id:item_id>/wording/", views.wording, name="item_wording"),
]
