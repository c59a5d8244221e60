from django.urls import include, path

from . import views

plan_urls = [
    path("", views.budget, name="budget"),
    path("settings/", views.settings, name="budget_settings"),
    path("download/", views.download, name="budget_download"),
    path("amendments/add/", views.add, name="amendment_add"),
    path("amendments/<id:amendment_id>/", views.amendment, name="amendment"),
    path("amendments/<id:amendment_id>/statement/", views.statement, name="amendment_statement"),
    path("confidential/new/", views.confidential_new, name="amendment_in_confidence_new"),
    path("confidential/<id:confidential_id>/", views.confidential, name="amendment_in_confidence"),
    path(
        "confidential/<id:confidential_id>/statement/",
        views.confidential_statement,
        name="amendment_in_confidence_statement",
    ),
    path(
        "confidential/<id:confidential_id>/publish/",
        views.publish,
        name="amendment_in_confidence_publish",
    ),
]

urlpatterns = [
    path("plans/<id:plan_id>/budget/", include(plan_urls)),
]
