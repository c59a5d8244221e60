from django.urls import include, path

from .views import check_ins, journal, records, reflections, shares

development_urls = [
    path("", records.record, name="development"),
    path("themes/<int:theme>/<int:phase>/", records.cell, name="development_cell"),
    path("standards/<id:standard_id>/", records.standard, name="development_standard"),
    path("standards/<id:standard_id>/rate/", records.rate, name="development_rate"),
    path("ratings/", records.ratings, name="development_ratings"),
    path("reflections/", reflections.reflections, name="development_reflections"),
    path(
        "reflections/<slug:kind>/<id:subject_id>/",
        reflections.reflection,
        name="development_reflection",
    ),
    path("next-steps.ics", records.next_steps, name="development_calendar"),
    path("pdf/", records.pdf, name="development_pdf"),
    path("delete/", records.delete, name="development_delete"),
    path("journal/", journal.journal, name="development_journal"),
    path("journal/new/", journal.new, name="development_entry_new"),
    path("journal/<id:entry_id>/", journal.entry, name="development_entry"),
    path("journal/<id:entry_id>/remove/", journal.remove, name="development_entry_remove"),
    path("readers/", shares.readers, name="development_readers"),
    path("readers/new/", shares.new, name="development_share"),
    path("readers/<id:share_id>/end/", shares.end, name="development_share_end"),
    path("check-ins/", check_ins.check_ins, name="check_ins"),
    path("check-ins/new/", check_ins.new, name="check_in_new"),
    path("check-ins/accept/<str:token>/", check_ins.accept, name="check_in_accept"),
    path("check-ins/<id:check_in_id>/", check_ins.check_in, name="check_in"),
    path("check-ins/<id:check_in_id>/take-back/", check_ins.take_back, name="check_in_take_back"),
    path("check-ins/<id:check_in_id>/leave/", check_ins.leave, name="check_in_leave"),
    path("shared/<id:share_id>/", shares.shared, name="development_shared"),
]

urlpatterns = [
    path("development/", include(development_urls)),
]
