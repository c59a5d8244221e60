from django.urls import include, path

from . import merge_views, views

council_urls = [
    path("", views.home, name="council_data"),
    path("export/", views.export, name="council_data_export"),
    path("people/", views.people, name="council_data_people"),
    path("people/<id:pk>/", views.erase, name="council_data_erase"),
    path("people/<id:pk>/two-step/", views.second_factor, name="council_data_second_factor"),
    path("people/<id:pk>/address/", views.address, name="council_data_address"),
    path("people/invited/<id:pk>/", views.forget, name="council_data_invitation"),
    path("retention/", views.retention, name="council_data_retention"),
    path("retention/lift/", views.ask_to_lift_hold, name="council_data_lift_hold"),
    path("plans/<id:plan_id>/purge/", views.purge, name="council_data_purge"),
    path("requests/<id:pk>/", views.request_detail, name="council_data_request"),
    path("requests/<id:pk>/cancel/", views.cancel_request, name="council_data_request_cancel"),
    path("certificates/<id:pk>/", views.certificate, name="council_data_certificate"),
]

urlpatterns = [
    path("merge/confirm/<slug:token>/", merge_views.confirm, name="account_merge_confirm"),
    path("councils/<slug:slug>/data/", include(council_urls)),
]
