from django.urls import include, path

from . import views

plan_urls = [
    path("comments/", views.all_threads, name="plan_comments"),
    path("comments/seen/", views.mark_all_seen, name="comments_seen"),
    path("threads/<id:thread_id>/", views.thread, name="thread"),
    path("comments/<id:comment_id>/edit/", views.edit, name="comment_edit"),
    path("comments/<id:comment_id>/remove/", views.remove, name="comment_remove"),
    path("steps/<int:number>/comments/", views.of_step, name="step_comments"),
    path("items/<id:item_id>/comments/", views.of_item, name="item_comments"),
]

urlpatterns = [
    path("plans/<id:plan_id>/", include(plan_urls)),
]
