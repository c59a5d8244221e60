from django.urls import include, path

from . import views

plan_urls = [
    path("", views.options, name="action_plan"),
    path("pdf/", views.pdf, name="action_plan_pdf"),
    path("excel/", views.excel, name="action_plan_excel"),
    path("word/", views.word, name="action_plan_word"),
]

urlpatterns = [
    path("plans/<id:plan_id>/action-plan/", include(plan_urls)),
]
