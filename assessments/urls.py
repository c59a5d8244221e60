from django.urls import path, register_converter
from django.urls.converters import IntConverter

from .views import (
    bundles,
    comments,
    data,
    development,
    exports,
    grants,
    home,
    items,
    journal,
    lists,
    plans,
    presence,
    restricted,
    shares,
    snapshots,
    stages,
    steps,
)


class IdConverter(IntConverter):
    """A number that every database can hold as a key; longer ones are not found."""

    regex = "[0-9]{1,18}"


register_converter(IdConverter, "id")

urlpatterns = [
    path("", home.home, name="home"),
    path("bundles/", bundles.ask, name="bundle_ask"),
    path("bundles/<id:bundle_id>/", bundles.bundle, name="bundle"),
    path("bundles/<id:bundle_id>/zip/", bundles.download, name="bundle_zip"),
    path("councils/<slug:slug>/plans/new/", plans.new, name="plan_new"),
    path("councils/<slug:slug>/data/", data.home, name="council_data"),
    path("councils/<slug:slug>/data/export/", data.export, name="council_data_export"),
    path("councils/<slug:slug>/data/people/", data.people, name="council_data_people"),
    path("councils/<slug:slug>/data/people/<id:pk>/", data.erase, name="council_data_erase"),
    path("councils/<slug:slug>/data/retention/", data.retention, name="council_data_retention"),
    path(
        "councils/<slug:slug>/data/plans/<id:plan_id>/purge/",
        data.purge,
        name="council_data_purge",
    ),
    path(
        "councils/<slug:slug>/data/certificates/<id:pk>/",
        data.certificate,
        name="council_data_certificate",
    ),
    path("plans/<id:plan_id>/", plans.plan, name="plan"),
    path("plans/<id:plan_id>/settings/", plans.settings, name="plan_settings"),
    path("plans/<id:plan_id>/stages/<int:number>/", lists.stage, name="plan_stage"),
    path("plans/<id:plan_id>/areas/<int:number>/", lists.area, name="plan_area"),
    path("plans/<id:plan_id>/officers/", lists.officers, name="plan_officers"),
    path("plans/<id:plan_id>/officers/<slug:office>/", lists.officer, name="plan_officer"),
    path("plans/<id:plan_id>/mine/", lists.mine, name="plan_mine"),
    path("plans/<id:plan_id>/open/", lists.open_items, name="plan_open"),
    path("plans/<id:plan_id>/comments/", comments.all_threads, name="plan_comments"),
    path("plans/<id:plan_id>/comments/seen/", comments.mark_all_seen, name="comments_seen"),
    path("plans/<id:plan_id>/threads/<id:thread_id>/", comments.thread, name="thread"),
    path("plans/<id:plan_id>/comments/<id:comment_id>/edit/", comments.edit, name="comment_edit"),
    path(
        "plans/<id:plan_id>/comments/<id:comment_id>/remove/",
        comments.remove,
        name="comment_remove",
    ),
    path("plans/<id:plan_id>/steps/<int:number>/comments/", comments.of_step, name="step_comments"),
    path("plans/<id:plan_id>/steps/<int:number>/news/", presence.news, name="step_news"),
    path("plans/<id:plan_id>/steps/<int:number>/", steps.step, name="plan_step"),
    path("plans/<id:plan_id>/steps/<int:number>/add/", items.add, name="item_add"),
    path("plans/<id:plan_id>/items/<id:item_id>/", items.item, name="item"),
    path("plans/<id:plan_id>/items/<id:item_id>/edit/", items.edit, name="item_edit"),
    path("plans/<id:plan_id>/items/<id:item_id>/remove/", items.remove, name="item_remove"),
    path("plans/<id:plan_id>/items/<id:item_id>/restore/", items.restore, name="item_restore"),
    path("plans/<id:plan_id>/items/<id:item_id>/comments/", comments.of_item, name="item_comments"),
    path(
        "plans/<id:plan_id>/items/<id:item_id>/restricted/",
        restricted.note,
        name="restricted_note",
    ),
    path("plans/<id:plan_id>/advisers/", grants.advisers, name="plan_advisers"),
    path("plans/<id:plan_id>/advisers/new/", grants.new, name="plan_adviser_new"),
    path("plans/<id:plan_id>/advisers/looks/", grants.looks, name="plan_adviser_looks"),
    path("plans/<id:plan_id>/advisers/<id:grant_id>/", grants.change, name="plan_adviser_change"),
    path(
        "plans/<id:plan_id>/advisers/<id:grant_id>/end/",
        grants.revoke,
        name="plan_adviser_revoke",
    ),
    path("plans/<id:plan_id>/stages/<int:number>/review/", stages.review, name="stage_review"),
    path(
        "plans/<id:plan_id>/stages/<int:number>/review/call-off/",
        stages.call_off,
        name="stage_review_end",
    ),
    path("plans/<id:plan_id>/stages/<int:number>/review/mine/", stages.marks, name="stage_marks"),
    path(
        "plans/<id:plan_id>/stages/<int:number>/review/marks/<id:mark_id>/",
        stages.answer,
        name="stage_answer",
    ),
    path(
        "plans/<id:plan_id>/stages/<int:number>/sign-off/", stages.sign_off, name="stage_sign_off"
    ),
    path("plans/<id:plan_id>/stages/<int:number>/reopen/", stages.reopen, name="stage_reopen"),
    path("plans/<id:plan_id>/sign-offs/<id:sign_off_id>/", stages.receipt, name="sign_off"),
    path("plans/<id:plan_id>/snapshots/", snapshots.snapshots, name="snapshots"),
    path("plans/<id:plan_id>/snapshots/compare/", snapshots.compare, name="snapshot_compare"),
    path("plans/<id:plan_id>/snapshots/<id:snapshot_id>/", snapshots.snapshot, name="snapshot"),
    path("plans/<id:plan_id>/snapshots/<id:snapshot_id>/pdf/", snapshots.pdf, name="snapshot_pdf"),
    path("plans/<id:plan_id>/action-plan/", exports.options, name="action_plan"),
    path("plans/<id:plan_id>/action-plan/pdf/", exports.pdf, name="action_plan_pdf"),
    path("plans/<id:plan_id>/action-plan/excel/", exports.excel, name="action_plan_excel"),
    path("plans/<id:plan_id>/action-plan/word/", exports.word, name="action_plan_word"),
    # A person's own record: no address names it or its person.
    path("development/", development.record, name="development"),
    path("development/themes/<int:theme>/<int:phase>/", development.cell, name="development_cell"),
    path(
        "development/standards/<id:standard_id>/",
        development.standard,
        name="development_standard",
    ),
    path("development/pdf/", development.pdf, name="development_pdf"),
    path("development/delete/", development.delete, name="development_delete"),
    path("development/journal/", journal.journal, name="development_journal"),
    path("development/journal/new/", journal.new, name="development_entry_new"),
    path("development/journal/<id:entry_id>/", journal.entry, name="development_entry"),
    path(
        "development/journal/<id:entry_id>/remove/",
        journal.remove,
        name="development_entry_remove",
    ),
    path("development/readers/", shares.readers, name="development_readers"),
    path("development/readers/new/", shares.new, name="development_share"),
    path("development/readers/<id:share_id>/end/", shares.end, name="development_share_end"),
    path("development/shared/<id:share_id>/", shares.shared, name="development_shared"),
]
