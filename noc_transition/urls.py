from allauth.account import views as account
from allauth.mfa.base import views as second_factor
from allauth.mfa.recovery_codes import views as recovery_codes
from django.urls import include, path

from councils.views.account import NewPasswordView, SignInView, change_password
from councils.views.second_factor import (
    SetUpSecondFactorView,
    ShowRecoveryCodesView,
    TurnOffSecondFactorView,
)
from operate.views import probes

from .public_pages import public_page

urlpatterns = [
    path("sign-in/", SignInView.as_view(), name="account_login"),
    path("sign-in/code/", second_factor.authenticate, name="mfa_authenticate"),
    path("sign-out/", account.logout, name="account_logout"),
    path("password/", change_password, name="account_change_password"),
    path("password/again/", account.reauthenticate, name="account_reauthenticate"),
    path("password/again/code/", second_factor.reauthenticate, name="mfa_reauthenticate"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/sent/", account.password_reset_done, name="account_reset_password_done"),
    path(
        "password/reset/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path(
        "password/reset/<slug:uidb36>/<str:key>/",
        NewPasswordView.as_view(),
        name="account_reset_password_from_key",
    ),
    path("account/two-step/", SetUpSecondFactorView.as_view(), name="mfa_activate_totp"),
    path("account/two-step/off/", TurnOffSecondFactorView.as_view(), name="mfa_deactivate_totp"),
    path(
        "account/two-step/recovery-codes/",
        ShowRecoveryCodesView.as_view(),
        name="mfa_view_recovery_codes",
    ),
    path(
        "account/two-step/recovery-codes/new/",
        recovery_codes.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    path(
        "account/two-step/recovery-codes/file/",
        recovery_codes.download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
    *(
        path(f"{name}/", public_page, {"name": name}, name=name)
        for name in ("accessibility", "privacy", "cookies", "help", "contact")
    ),
    path("", include("councils.urls")),
    path("guidance/", include("frameworks.urls")),
    path("operate/", include("operate.urls")),
    path("healthz", probes.live, name="healthz"),
    path("readyz", probes.ready, name="readyz"),
    path("", include("assessments.urls")),
]

handler400 = "noc_transition.errors.bad_request"
handler403 = "noc_transition.errors.permission_denied"
handler404 = "noc_transition.errors.page_not_found"
handler500 = "noc_transition.errors.server_error"
handler429 = "noc_transition.errors.too_many_requests"  # used by allauth's rate limits
