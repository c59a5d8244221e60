from allauth.account import views as allauth
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from .permissions import allowed_in_words


@require_safe
def account(request):
    """Who I am here, the councils I work with and what I may do in each."""
    memberships = request.user.memberships.select_related("council").order_by("council__name")
    councils = [(membership, allowed_in_words(membership)) for membership in memberships]
    return render(request, "councils/account.html", {"councils": councils})


def change_password(request):
    """Someone without a password has none to change: they set one by e-mail."""
    if not request.user.has_usable_password():
        return redirect("account_reset_password")
    return allauth.password_change(request)
