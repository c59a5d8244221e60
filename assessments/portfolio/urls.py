from django.urls import include, path

from .views import bundles, home

bundle_urls = [
    path("", bundles.ask, name="bundle_ask"),
    path("<id:bundle_id>/", bundles.bundle, name="bundle"),
    path("<id:bundle_id>/zip/", bundles.download, name="bundle_zip"),
]

urlpatterns = [
    path("", home.home, name="home"),
    path("bundles/", include(bundle_urls)),
]
