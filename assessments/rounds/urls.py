from django.urls import include, path

from .views import answering, rounds

plan_urls = [
    path("", rounds.rounds, name="rounds"),
    path("new/", rounds.new, name="round_new"),
    path("compare/", rounds.compare, name="rounds_compare"),
    path("sheets/", rounds.exercise, name="rounds_exercise"),
    path("<id:round_id>/", rounds.round_, name="round"),
    path("<id:round_id>/change/", rounds.change, name="round_change"),
    path("<id:round_id>/open/", rounds.open_now, name="round_open"),
    path("<id:round_id>/close/", rounds.close, name="round_close"),
    path("<id:round_id>/ask/", rounds.ask, name="round_ask"),
    path("<id:round_id>/pdf/", rounds.pdf, name="round_pdf"),
    path("<id:round_id>/people/<id:respondent_id>/resend/", rounds.resend, name="round_resend"),
    path("<id:round_id>/people/<id:respondent_id>/remove/", rounds.remove, name="round_remove"),
    path("<id:round_id>/items/<uuid:reference>/", rounds.make_item, name="round_make_item"),
    path("<id:round_id>/paper/", rounds.paper, name="round_paper_new"),
    path("<id:round_id>/paper/<id:respondent_id>/", answering.paper, name="round_paper"),
    path(
        "<id:round_id>/paper/<id:respondent_id>/<int:number>/",
        answering.paper_answer,
        name="round_paper_answer",
    ),
    path("<id:round_id>/mine/", answering.mine, name="round_mine"),
    path("<id:round_id>/mine/<int:number>/", answering.mine_answer, name="round_mine_answer"),
]

link_urls = [
    path("", answering.by_link, name="review"),
    path("leave/", answering.leave, name="review_leave"),
    path("<int:number>/", answering.by_link_answer, name="review_answer"),
    path("link/<slug:token>/", answering.begin, name="review_begin"),
]

urlpatterns = [
    path("plans/<id:plan_id>/rounds/", include(plan_urls)),
    path("review/", include(link_urls)),
]
