from django.urls import path, register_converter
from django.urls.converters import IntConverter

from assessments.advisers import views as grants
from assessments.comments import views as comments
from assessments.data_protection import views as data
from assessments.development.views import check_ins, journal, reflections, shares
from assessments.development.views import records as development
from assessments.exports import views as exports
from assessments.history import views as history
from assessments.next_cycle import views as next_cycle
from assessments.pages.views import due, items, lists, plans, steps
from assessments.portfolio.views import bundles, home
from assessments.presence import views as presence
from assessments.register import views as register
from assessments.restricted_notes import views as restricted
from assessments.reviews.views import control, snapshots, stages
from assessments.rounds.views import answering, rounds
from assessments.seats.views import balances, compositions, scenarios
from assessments.timetable.views import calendars, dates


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
    path("councils/<slug:slug>/composition/", compositions.composition, name="composition"),
    path(
        "councils/<slug:slug>/composition/new/",
        compositions.composition_new,
        name="composition_new",
    ),
    path(
        "councils/<slug:slug>/composition/<id:pk>/",
        compositions.composition_at,
        name="composition_at",
    ),
    path("councils/<slug:slug>/balance/", balances.balances, name="balances"),
    path("councils/<slug:slug>/balance/new/", balances.balance_new, name="balance_new"),
    path("councils/<slug:slug>/balance/<id:pk>/", balances.balance, name="balance"),
    path("councils/<slug:slug>/balance/<id:pk>/ties/", balances.balance_tie, name="balance_tie"),
    path(
        "councils/<slug:slug>/balance/<id:pk>/ties/settle/",
        balances.balance_settle,
        name="balance_settle",
    ),
    path(
        "councils/<slug:slug>/balance/<id:pk>/ties/reopen/",
        balances.balance_reopen,
        name="balance_reopen",
    ),
    path(
        "councils/<slug:slug>/balance/<id:pk>/committees/<id:committee_id>/",
        balances.balance_committee,
        name="balance_committee",
    ),
    path("councils/<slug:slug>/balance/<id:pk>/vote/", balances.balance_vote, name="balance_vote"),
    path("councils/<slug:slug>/balance/<id:pk>/pdf/", balances.pdf, name="balance_pdf"),
    path(
        "councils/<slug:slug>/balance/<id:pk>/excel/",
        balances.excel,
        name="balance_excel",
    ),
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
    path("plans/<id:plan_id>/scenarios/", scenarios.scenarios, name="scenarios"),
    path("plans/<id:plan_id>/scenarios/new/", scenarios.scenario_new, name="scenario_new"),
    path(
        "plans/<id:plan_id>/scenarios/excel/", scenarios.scenarios_export, name="scenarios_export"
    ),
    path("plans/<id:plan_id>/scenarios/<id:scenario_id>/", scenarios.scenario, name="scenario"),
    path("plans/<id:plan_id>/control/", control.changes, name="control_changes"),
    path("plans/<id:plan_id>/control/new/", control.new, name="control_change_new"),
    path(
        "plans/<id:plan_id>/reopenings/<id:reopening_id>/",
        control.look_again,
        name="reopening_close",
    ),
    path("registers/", register.registers, name="registers"),
    path("plans/<id:plan_id>/register/", register.register, name="register"),
    path("plans/<id:plan_id>/register/<slug:noun>/add/", register.add, name="register_add"),
    path(
        "plans/<id:plan_id>/register/<slug:noun>/<id:entry_id>/",
        register.entry,
        name="register_entry",
    ),
    path(
        "plans/<id:plan_id>/register/<slug:noun>/<id:entry_id>/remove/",
        register.remove,
        name="register_remove",
    ),
    path(
        "plans/<id:plan_id>/register/<slug:noun>/<id:entry_id>/restore/",
        register.restore,
        name="register_restore",
    ),
    path("plans/<id:plan_id>/next/", next_cycle.next_plan, name="plan_next"),
    path("plans/<id:plan_id>/history/", history.history, name="plan_history"),
    path("plans/<id:plan_id>/dates/", dates.dates, name="plan_dates"),
    path("plans/<id:plan_id>/dates/<slug:key>/", dates.date, name="plan_date"),
    path("plans/<id:plan_id>/bank-holidays/add/", dates.bank_holiday_add, name="bank_holiday_add"),
    path(
        "plans/<id:plan_id>/bank-holidays/<id:pk>/remove/",
        dates.bank_holiday_remove,
        name="bank_holiday_remove",
    ),
    path("plans/<id:plan_id>/timeline/", dates.timeline, name="plan_timeline"),
    path("plans/<id:plan_id>/due/", due.bulk, name="plan_due"),
    path("plans/<id:plan_id>/calendar/", calendars.calendar, name="plan_calendar"),
    path("plans/<id:plan_id>/calendar/dates.ics", calendars.file, name="plan_calendar_file"),
    path("calendar/<slug:token>.ics", calendars.feed, name="calendar_feed"),
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
    path(
        "plans/<id:plan_id>/items/<id:item_id>/bring-back/",
        items.bring_back,
        name="item_bring_back",
    ),
    path(
        "plans/<id:plan_id>/items/<id:item_id>/history/", history.item_history, name="item_history"
    ),
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
    path("plans/<id:plan_id>/rounds/", rounds.rounds, name="rounds"),
    path("plans/<id:plan_id>/rounds/new/", rounds.new, name="round_new"),
    path("plans/<id:plan_id>/rounds/compare/", rounds.compare, name="rounds_compare"),
    path("plans/<id:plan_id>/rounds/sheets/", rounds.exercise, name="rounds_exercise"),
    path("plans/<id:plan_id>/rounds/<id:round_id>/", rounds.round_, name="round"),
    path("plans/<id:plan_id>/rounds/<id:round_id>/change/", rounds.change, name="round_change"),
    path("plans/<id:plan_id>/rounds/<id:round_id>/open/", rounds.open_now, name="round_open"),
    path("plans/<id:plan_id>/rounds/<id:round_id>/close/", rounds.close, name="round_close"),
    path("plans/<id:plan_id>/rounds/<id:round_id>/ask/", rounds.ask, name="round_ask"),
    path("plans/<id:plan_id>/rounds/<id:round_id>/pdf/", rounds.pdf, name="round_pdf"),
    path(
        "plans/<id:plan_id>/rounds/<id:round_id>/people/<id:respondent_id>/resend/",
        rounds.resend,
        name="round_resend",
    ),
    path(
        "plans/<id:plan_id>/rounds/<id:round_id>/people/<id:respondent_id>/remove/",
        rounds.remove,
        name="round_remove",
    ),
    path(
        "plans/<id:plan_id>/rounds/<id:round_id>/items/<uuid:reference>/",
        rounds.make_item,
        name="round_make_item",
    ),
    path("plans/<id:plan_id>/rounds/<id:round_id>/paper/", rounds.paper, name="round_paper_new"),
    path(
        "plans/<id:plan_id>/rounds/<id:round_id>/paper/<id:respondent_id>/",
        answering.paper,
        name="round_paper",
    ),
    path(
        "plans/<id:plan_id>/rounds/<id:round_id>/paper/<id:respondent_id>/<int:number>/",
        answering.paper_answer,
        name="round_paper_answer",
    ),
    path("plans/<id:plan_id>/rounds/<id:round_id>/mine/", answering.mine, name="round_mine"),
    path(
        "plans/<id:plan_id>/rounds/<id:round_id>/mine/<int:number>/",
        answering.mine_answer,
        name="round_mine_answer",
    ),
    path("review/", answering.by_link, name="review"),
    path("review/leave/", answering.leave, name="review_leave"),
    path("review/<int:number>/", answering.by_link_answer, name="review_answer"),
    path("review/link/<slug:token>/", answering.begin, name="review_begin"),
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
    path("development/ratings/", development.ratings, name="development_ratings"),
    path("development/reflections/", reflections.reflections, name="development_reflections"),
    path(
        "development/reflections/<slug:kind>/<id:subject_id>/",
        reflections.reflection,
        name="development_reflection",
    ),
    path("development/next-steps.ics", development.next_steps, name="development_calendar"),
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
    path("development/check-ins/", check_ins.check_ins, name="check_ins"),
    path("development/check-ins/new/", check_ins.new, name="check_in_new"),
    path("development/check-ins/<id:check_in_id>/", check_ins.check_in, name="check_in"),
    path(
        "development/check-ins/<id:check_in_id>/take-back/",
        check_ins.take_back,
        name="check_in_take_back",
    ),
    path("development/check-ins/<id:check_in_id>/leave/", check_ins.leave, name="check_in_leave"),
    path("development/shared/<id:share_id>/", shares.shared, name="development_shared"),
]
