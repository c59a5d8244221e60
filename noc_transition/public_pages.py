"""Pages that a public body must publish about the planner, and help. They need no sign-in.

What differs between deployments comes from `settings.PUBLISHER`. A deployment can also replace a
whole page: templates in `settings.TEMPLATES_DIR` take precedence over those of the planner.
"""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

# Other organisations' pages, to which these pages link.
LINKS = {
    "abilitynet": "https://mcmw.abilitynet.org.uk/",
    "equality_advice": "https://www.equalityadvisoryservice.com/",
    "information_commissioner": "https://ico.org.uk/make-a-complaint/",
    "wcag": "https://www.w3.org/TR/WCAG22/",
}


@login_not_required
@require_safe
def public_page(request, name):
    """Render one of the public pages."""
    context = {
        "publisher": settings.PUBLISHER,
        "links": LINKS,
        "single_sign_on": settings.OIDC_NAME if settings.SINGLE_SIGN_ON else "",
        "reports_errors": bool(settings.SENTRY_DSN),
        "second_factor_required": settings.SECOND_FACTOR_REQUIRED,
        "session_cookie": settings.SESSION_COOKIE_NAME,
        "csrf_cookie": settings.CSRF_COOKIE_NAME,
        "known_browser_cookie": settings.KNOWN_BROWSER_COOKIE_NAME,
        "invitation_days": settings.INVITATION_RETENTION_DAYS,
    }
    return render(request, f"public/{name}.html", context)
