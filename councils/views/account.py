"""A person's own account: who they are, how they sign in and what they may do."""

from allauth.account import views as allauth
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from .. import actions
from ..digests import user_to_stop
from ..forms import DigestForm, NameForm
from ..known_browsers import remember_browser
from ..models import DigestFrequency, Membership, User
from ..permissions import access_hint
from ..sessions import sessions_in_words
from ..single_sign_on import identities_of
from .second_factor import pages_behind_second_factor


class SignInView(allauth.LoginView):
    def get_context_data(self, **kwargs):
        name = settings.OIDC_NAME if settings.SINGLE_SIGN_ON else ""
        return super().get_context_data(**kwargs) | {"single_sign_on": name}


class NewPasswordView(allauth.PasswordResetFromKeyView):
    """Choose a password by an emailed link; the browser in which that is done is then known.

    Otherwise someone who fails to sign in again and again, with only the address of a person, could
    keep them out of every new browser.
    """

    def form_valid(self, form):
        response = super().form_valid(form)
        remember_browser(self.request, response, self.reset_user)
        return response


@require_safe
def account(request):
    found = Membership.objects.held_by(request.user, with_stopped=True).order_by("council__name")
    memberships = [each for each in found if each.council.stopped_at is None]
    means = {means.type: means.wrap() for means in Authenticator.objects.filter(user=request.user)}
    codes = means.get(Authenticator.Type.RECOVERY_CODES)
    context = {
        "councils": [(membership, access_hint(membership)) for membership in memberships],
        "stopped": next((each for each in found if each.council.stopped_at is not None), None),
        "has_second_factor": Authenticator.Type.TOTP in means,
        "codes_left": len(codes.get_unused_codes()) if codes else 0,
        "second_factor_opens": pages_behind_second_factor(request.user, memberships),
        "sessions": sessions_in_words(request.user, here=request.session.session_key),
    }
    if settings.SINGLE_SIGN_ON:
        context["single_sign_on"] = settings.OIDC_NAME
        context["identity"] = identities_of(request.user).first()
    return render(request, "councils/account.html", context)


def change_password(request):
    """Change the password; a person without one sets it by email instead."""
    if not request.user.has_usable_password():
        return redirect("account_reset_password")
    return allauth.password_change(request)


@require_http_methods(["GET", "HEAD", "POST"])
def name(request):
    """Change one's own name."""
    # Validation writes the answer to the form's own copy of the account.
    form = NameForm(request.POST or None, instance=User.objects.get(pk=request.user.pk))
    if form.is_valid():
        try:
            is_changed = actions.change_name(request.user, name=form.cleaned_data["name"])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            if is_changed:
                messages.success(request, "Your name has been changed.")
            return redirect("account")
    status = 422 if form.is_bound else 200
    return render(request, "councils/name.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def digest(request):
    """Choose how often to get email updates."""
    form = DigestForm(request.POST or None, instance=request.user)
    if form.is_valid():
        actions.choose_digest(request.user, form.cleaned_data["digest_frequency"])
        messages.success(request, "Your choice has been saved.")
        return redirect("account")
    status = 422 if form.is_bound else 200
    return render(request, "councils/digest.html", {"form": form}, status=status)


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def digest_stop(request, token):
    """Stop email updates from the link in one; mail programs post here too (RFC 8058).

    A GET changes nothing, because mail scanners open links. A CSRF token cannot be required where
    a mail program posts, and is not needed: the address itself is the proof.
    """
    user = user_to_stop(token)
    if request.method == "POST":
        actions.stop_digests(user)
    context = {
        "is_done": request.method == "POST",
        "is_stopped": user.digest_frequency == DigestFrequency.NEVER,
    }
    return render(request, "councils/digest_stop.html", context)
