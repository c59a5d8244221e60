from django.urls import path

from . import single_sign_on
from .views import account, addresses, domain_moves, invitations, merges, people, sessions

urlpatterns = [
    path("account/", account.account, name="account"),
    path("account/name/", account.name, name="account_name"),
    path("account/email/", addresses.email, name="account_email_change"),
    path("account/email/cancel/", addresses.cancel, name="account_email_cancel"),
    path("email/confirm/<slug:token>/", addresses.confirm, name="account_email_confirm"),
    path("account/merge/", merges.merge, name="account_merge"),
    path("account/merge/cancel/", merges.cancel, name="account_merge_cancel"),
    path("account/domain/", domain_moves.move, name="account_domain_move"),
    path("account/digest/", account.digest, name="digest"),
    path("digest/stop/<str:token>/", account.digest_stop, name="digest_stop"),
    path("account/session/", sessions.session, name="session"),
    path("account/sessions/end/", sessions.sessions_end, name="sessions_end"),
    path("account/sessions/<int:pk>/end/", sessions.session_end, name="session_end"),
    path("sign-in/single/", single_sign_on.sign_in, name="single_sign_on"),
    path("sign-in/single/back/", single_sign_on.callback, name="single_sign_on_callback"),
    path("account/single/connect/", single_sign_on.connect, name="single_sign_on_connect"),
    path("account/single/remove/", single_sign_on.remove, name="single_sign_on_remove"),
    path("councils/<slug:slug>/people/", people.people, name="people"),
    path("councils/<slug:slug>/people/invite/", people.invite, name="invite"),
    path(
        "councils/<slug:slug>/people/invite/several/", people.invite_several, name="invite_several"
    ),
    path("councils/<slug:slug>/people/deputies/", people.deputies, name="deputies"),
    path(
        "councils/<slug:slug>/people/deputies/<int:deputy_id>/end/",
        people.deputy_end,
        name="deputy_end",
    ),
    path("councils/<slug:slug>/people/<int:pk>/", people.member, name="member"),
    path(
        "councils/<slug:slug>/people/<int:pk>/remove/", people.member_remove, name="member_remove"
    ),
    path(
        "councils/<slug:slug>/invitations/<int:pk>/resend/",
        people.invitation_resend,
        name="invitation_resend",
    ),
    path(
        "councils/<slug:slug>/invitations/<int:pk>/withdraw/",
        people.invitation_withdraw,
        name="invitation_withdraw",
    ),
    path("invitations/<slug:token>/", invitations.join, name="join"),
]
