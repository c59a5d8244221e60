from django.urls import include, path

from noc_transition.urls import handler400, handler403, handler404, handler429, handler500

from . import bare

__all__ = ["handler400", "handler403", "handler404", "handler429", "handler500", "urlpatterns"]

urlpatterns = [
    path("bare/page/<int:size>/", bare.page),
    path("bare/items/<int:item_id>/", bare.save),
    path("", include("noc_transition.urls")),
]
