"""Setting up, using and turning off two-step sign-in."""

from collections.abc import Iterable

from allauth.account.utils import get_next_redirect_url
from allauth.mfa.recovery_codes.views import ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.urls import reverse, reverse_lazy
from django.utils.http import urlencode

from ..models import Membership, User
from ..names import NAMED_BESIDE_MEMBERS
from ..permissions import must_sign_in_twice
from ..sessions import end_sessions_of


class SetUpSecondFactorView(ActivateTOTPView):
    """Shows a secret for the person's app, and takes the first code as proof that it arrived.

    Other sessions end, because they began with the password alone.
    """

    def form_valid(self, form):
        response = super().form_valid(form)
        end_sessions_of(self.request.user, but=self.request.session.session_key)
        return response

    def get_success_url(self):
        """Return the page of recovery codes, which leads on to where the person was going."""
        codes = reverse("mfa_view_recovery_codes")
        going = get_next_redirect_url(self.request)
        return f"{codes}?{urlencode({REDIRECT_FIELD_NAME: going})}" if going else codes

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        secret = context["form"].secret
        context["secret_groups"] = [secret[n : n + 4] for n in range(0, len(secret), 4)]
        return context


class ShowRecoveryCodesView(ViewRecoveryCodesView):
    http_method_names = ["get", "head"]

    def get_context_data(self, **kwargs):
        going = get_next_redirect_url(self.request)
        return super().get_context_data(**kwargs) | {"going": going}


class TurnOffSecondFactorView(DeactivateTOTPView):
    success_url = reverse_lazy("account")

    def get_context_data(self, **kwargs):
        user = self.request.user
        opens = pages_behind_second_factor(user, Membership.objects.held_by(user))
        return super().get_context_data(**kwargs) | {"second_factor_opens": opens}


def pages_behind_second_factor(user: User, memberships: Iterable[Membership]) -> str:
    """Return what `user` can open only with two-step sign-in, in words; empty if nothing.

    `memberships` are theirs, as `held_by` returns them.
    """
    pages = []
    if any(map(must_sign_in_twice, memberships)):
        pages.append("your plans")
    elif _advises_with_second_factor(user):
        pages.append("the plans that you advise on")
    if user.is_operator:
        pages.append("the operators’ pages")
    return " and ".join(pages)


def _advises_with_second_factor(user: User) -> bool:
    """Return whether a person is an adviser, where every adviser needs two-step sign-in."""
    return settings.SECOND_FACTOR_REQUIRED and any(
        advised_by(user).exists() for _, advised_by, _ in NAMED_BESIDE_MEMBERS
    )
