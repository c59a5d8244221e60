from django.urls import include, path

from . import views

plan_urls = [
    path("", views.parity, name="parity"),
    path("add/", views.add, name="parity_add"),
    path("download/", views.download, name="parity_download"),
    path("requests/new/", views.request_new, name="parity_request_new"),
    path("requests/<id:request_id>/", views.confidential_request, name="parity_request"),
    path("<id:parity_id>/", views.entry, name="parity_entry"),
    path("<id:parity_id>/remove/", views.remove, name="parity_remove"),
    path("<id:parity_id>/restore/", views.restore, name="parity_restore"),
]

urlpatterns = [
    path("plans/<id:plan_id>/parity/", include(plan_urls)),
]
