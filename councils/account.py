"""A person's own account: who they are here, their password, two-step sign-in and sessions."""

from allauth.account import views as allauth
from allauth.account.forms import default_token_generator
from allauth.account.utils import get_next_redirect_url, user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_not_required
from django.http import JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.http import urlencode
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from . import actions
from .digests import user_to_stop
from .forms import DigestForm
from .models import Membership
from .permissions import allowed_in_words, must_sign_in_twice
from .sessions import end_sessions, end_sessions_of, open_sessions_of, sessions_in_words
from .single_sign_on import identities_of


class SignIn(allauth.LoginView):
    def get_context_data(self, **kwargs):
        name = settings.OIDC_NAME if settings.SINGLE_SIGN_ON else ""
        return super().get_context_data(**kwargs) | {"single_sign_on": name}


@require_safe
def account(request):
    """Who I am here, how I sign in, the councils I work with and what I may do in each."""
    memberships = Membership.objects.held_by(request.user).order_by("council__name")
    means = {means.type: means.wrap() for means in Authenticator.objects.filter(user=request.user)}
    codes = means.get(Authenticator.Type.RECOVERY_CODES)
    context = {
        "councils": [(membership, allowed_in_words(membership)) for membership in memberships],
        "has_second_factor": Authenticator.Type.TOTP in means,
        "codes_left": len(codes.get_unused_codes()) if codes else 0,
        "must_sign_in_twice": any(map(must_sign_in_twice, memberships)),
        "sessions": sessions_in_words(request),
    }
    if settings.SINGLE_SIGN_ON:
        context["single_sign_on"] = settings.OIDC_NAME
        context["identity"] = identities_of(request.user).first()
    return render(request, "councils/account.html", context)


def change_password(request):
    """Someone without a password has none to change: they set one by e-mail."""
    if not request.user.has_usable_password():
        return redirect("account_reset_password")
    return allauth.password_change(request)


def first_password_link(request, user):
    """The whole address where someone without a password chooses one: that of a reset, no more.

    It works once, for as long as any reset's, and signs nobody in.
    """
    key = default_token_generator.make_token(user)
    path = reverse("account_reset_password_from_key", args=[user_pk_to_url_str(user), key])
    return request.build_absolute_uri(path)


# --- Digests --------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def digest(request):
    """Choose how often to be sent one."""
    form = DigestForm(request.POST or None, instance=request.user)
    if form.is_valid():
        actions.choose_digest(request.user, form.cleaned_data["digest_frequency"])
        messages.success(request, "Saved.")
        return redirect("account")
    status = 422 if form.is_bound else 200
    return render(request, "councils/digest.html", {"form": form}, status=status)


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def digest_stop(request, token):
    """Where the link in a digest leads; mail programs post here themselves (RFC 8058).

    Looking changes nothing: mail scanners look at links. No token of ours can be asked for where a
    mail program posts, and none is needed: the address itself is the proof.
    """
    user = user_to_stop(token)
    if request.method == "POST":
        actions.stop_digests(user)
    return render(request, "councils/digest_stop.html", {"is_done": request.method == "POST"})


# --- Two-step sign-in -----------------------------------------------------------------------------


class SetUpSecondFactor(ActivateTOTPView):
    """Shows a secret for the person's app, and takes the first code as proof that it arrived.

    Sessions begun elsewhere with the password alone end here: only what came after has both.
    """

    def form_valid(self, form):
        response = super().form_valid(form)
        end_sessions_of(self.request.user, but=self.request.session.session_key)
        return response

    def get_success_url(self):
        """The recovery codes, and from there on to where the person was going."""
        codes = reverse("mfa_view_recovery_codes")
        going = get_next_redirect_url(self.request)
        return f"{codes}?{urlencode({REDIRECT_FIELD_NAME: going})}" if going else codes

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        secret = context["form"].secret
        context["secret_groups"] = [secret[n : n + 4] for n in range(0, len(secret), 4)]
        return context


class ShowRecoveryCodes(ViewRecoveryCodesView):
    http_method_names = ["get", "head"]

    def get_context_data(self, **kwargs):
        going = get_next_redirect_url(self.request)
        return super().get_context_data(**kwargs) | {"going": going}


class TurnOffSecondFactor(DeactivateTOTPView):
    success_url = reverse_lazy("account")

    def get_context_data(self, **kwargs):
        memberships = Membership.objects.held_by(self.request.user)
        needed = any(map(must_sign_in_twice, memberships))
        return super().get_context_data(**kwargs) | {"must_sign_in_twice": needed}


# --- Sessions -------------------------------------------------------------------------------------


@require_safe
def session(request):
    """For the script of a page that was open while its person signed in again: who that is, and a
    token that makes its forms valid. Only our own pages can read the answer.
    """
    return JsonResponse({"person": request.user.pk, "token": get_token(request)})


@require_POST
def session_end(request, pk):
    """Sign one other browser out."""
    others = open_sessions_of(request.user).exclude(session_key=request.session.session_key)
    chosen = others.filter(pk=pk)
    get_object_or_404(chosen)
    end_sessions(chosen)
    messages.success(request, "That browser is signed out.")
    return redirect("account")


@require_POST
def sessions_end(request):
    """Sign every other browser out."""
    end_sessions_of(request.user, but=request.session.session_key)
    messages.success(request, "You are signed out everywhere but here.")
    return redirect("account")
