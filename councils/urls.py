from django.urls import path

from . import views

urlpatterns = [
    path("account/", views.account, name="account"),
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
