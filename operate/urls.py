from django.urls import path

from .views import councils, domains, operators, service, set_up

urlpatterns = [
    path("", councils.councils, name="operate"),
    path("councils/new/", councils.council_new, name="operate_council_new"),
    path("councils/register/", councils.register, name="operate_register"),
    path("councils/<slug:council_slug>/", councils.council, name="operate_council"),
    path("councils/<slug:council_slug>/invite/", councils.invite, name="operate_invite"),
    path("councils/<slug:council_slug>/stop/", councils.stop, name="operate_stop"),
    path("councils/<slug:council_slug>/restart/", councils.restart, name="operate_restart"),
    path("councils/<slug:council_slug>/domain/", domains.domain, name="operate_domain"),
    path(
        "councils/<slug:council_slug>/domain/agree/",
        domains.agree,
        name="operate_domain_agree",
    ),
    path(
        "councils/<slug:council_slug>/domain/cancel/",
        domains.cancel,
        name="operate_domain_cancel",
    ),
    path("notice/", service.notice, name="operate_notice"),
    path("notice/end/", service.notice_end, name="operate_notice_end"),
    path("health/", service.health, name="operate_health"),
    path("log/", service.log, name="operate_log"),
    path("operators/", operators.operators, name="operate_operators"),
    path("operators/<int:pk>/remove/", operators.remove, name="operate_operator_remove"),
    path("resets/", operators.resets, name="operate_resets"),
    path("resets/<int:pk>/agree/", operators.reset_agree, name="operate_reset_agree"),
    path("resets/<int:pk>/cancel/", operators.reset_cancel, name="operate_reset_cancel"),
    path("addresses/", operators.addresses, name="operate_addresses"),
    path("addresses/<int:pk>/agree/", operators.address_agree, name="operate_address_agree"),
    path("merges/<int:pk>/agree/", operators.merge_agree, name="operate_merge_agree"),
    path("set-up/<slug:token>/", set_up.set_up, name="operate_set_up"),
]
