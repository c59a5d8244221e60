from django.urls import include, path

from .views import balances, compositions, scenarios

council_urls = [
    path("composition/", compositions.composition, name="composition"),
    path("composition/new/", compositions.composition_new, name="composition_new"),
    path("composition/<id:pk>/", compositions.composition_at, name="composition_at"),
    path(
        "composition/suggestions/<id:pk>/dismiss/",
        compositions.suggestion_dismiss,
        name="suggestion_dismiss",
    ),
    path("balance/", balances.balances, name="balances"),
    path("balance/new/", balances.balance_new, name="balance_new"),
    path("balance/<id:pk>/", balances.balance, name="balance"),
    path("balance/<id:pk>/compare/", balances.balance_compare, name="balance_compare"),
    path("balance/<id:pk>/ties/", balances.balance_tie, name="balance_tie"),
    path("balance/<id:pk>/ties/settle/", balances.balance_settle, name="balance_settle"),
    path("balance/<id:pk>/ties/reopen/", balances.balance_reopen, name="balance_reopen"),
    path("balance/<id:pk>/table/", balances.balance_table, name="balance_table"),
    path("balance/<id:pk>/table/clear/", balances.balance_table_clear, name="balance_table_clear"),
    path(
        "balance/<id:pk>/committees/<id:committee_id>/",
        balances.balance_committee,
        name="balance_committee",
    ),
    path("balance/<id:pk>/vote/", balances.balance_vote, name="balance_vote"),
    path("balance/<id:pk>/pdf/", balances.pdf, name="balance_pdf"),
    path("balance/<id:pk>/word/", balances.word, name="balance_word"),
    path("balance/<id:pk>/excel/", balances.excel, name="balance_excel"),
]

plan_urls = [
    path("", scenarios.scenarios, name="scenarios"),
    path("new/", scenarios.scenario_new, name="scenario_new"),
    path("excel/", scenarios.scenarios_export, name="scenarios_export"),
    path("<id:scenario_id>/", scenarios.scenario, name="scenario"),
]

urlpatterns = [
    path("councils/<slug:slug>/", include(council_urls)),
    path("plans/<id:plan_id>/scenarios/", include(plan_urls)),
]
