from django.urls import include, path

from .views import control, snapshots, stages

plan_urls = [
    path("control/", control.changes, name="control_changes"),
    path("control/new/", control.new, name="control_change_new"),
    path("reopenings/<id:reopening_id>/", control.look_again, name="reopening_close"),
    path("stages/<int:number>/review/", stages.review, name="stage_review"),
    path("stages/<int:number>/review/call-off/", stages.call_off, name="stage_review_end"),
    path("stages/<int:number>/review/mine/", stages.marks, name="stage_marks"),
    path("stages/<int:number>/review/marks/<id:mark_id>/", stages.answer, name="stage_answer"),
    path("stages/<int:number>/sign-off/", stages.sign_off, name="stage_sign_off"),
    path("stages/<int:number>/reopen/", stages.reopen, name="stage_reopen"),
    path("sign-offs/<id:sign_off_id>/", stages.receipt, name="sign_off"),
    path("sign-offs/<id:sign_off_id>/statement/", stages.statement, name="sign_off_statement"),
    path("snapshots/", snapshots.snapshots, name="snapshots"),
    path("snapshots/new/", snapshots.new, name="snapshot_new"),
    path("snapshots/compare/", snapshots.compare, name="snapshot_compare"),
    path("snapshots/<id:snapshot_id>/", snapshots.snapshot, name="snapshot"),
    path("snapshots/<id:snapshot_id>/pdf/", snapshots.pdf, name="snapshot_pdf"),
]

urlpatterns = [
    path("plans/<id:plan_id>/", include(plan_urls)),
]
