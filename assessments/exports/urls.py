from django.urls import include, path

from . import views
from .formats import FORMATS

plan_urls = [
    path("", views.options, name="action_plan"),
    *(
        path(f"{each.key}/", views.download, {"key": each.key}, name=each.url_name)
        for each in FORMATS.values()
    ),
]

urlpatterns = [
    path("plans/<id:plan_id>/action-plan/", include(plan_urls)),
]
