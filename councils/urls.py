from django.urls import path

from . import account, single_sign_on, views

urlpatterns = [
    path("account/", account.account, name="account"),
    path("sign-in/single/", single_sign_on.sign_in, name="single_sign_on"),
    path("sign-in/single/back/", single_sign_on.callback, name="single_sign_on_callback"),
    path("account/single/connect/", single_sign_on.connect, name="single_sign_on_connect"),
    path("account/single/remove/", single_sign_on.remove, name="single_sign_on_remove"),
    path("account/digest/", account.digest, name="digest"),
    path("digest/stop/<str:token>/", account.digest_stop, name="digest_stop"),
    path("account/session/", account.session, name="session"),
    path("account/sessions/end/", account.sessions_end, name="sessions_end"),
    path("account/sessions/<int:pk>/end/", account.session_end, name="session_end"),
    path("councils/<slug:slug>/people/", views.people, name="people"),
    path("councils/<slug:slug>/people/invite/", views.invite, name="invite"),
    path("councils/<slug:slug>/people/<int:pk>/", views.member, name="member"),
    path("councils/<slug:slug>/people/<int:pk>/remove/", views.member_remove, name="member_remove"),
    path(
        "councils/<slug:slug>/invitations/<int:pk>/resend/",
        views.invitation_resend,
        name="invitation_resend",
    ),
    path(
        "councils/<slug:slug>/invitations/<int:pk>/withdraw/",
        views.invitation_withdraw,
        name="invitation_withdraw",
    ),
    path("invitations/<slug:token>/", views.join, name="join"),
]
