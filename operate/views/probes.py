"""Whether the process lives and whether it can answer requests, for a load balancer."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from ..health import ready_checks


@login_not_required
@require_safe
def live(request):
    """Return 200 while the process answers. It asks nothing of the database."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@require_safe
def ready(request):
    """Return 200 if database, migrations and cache work, otherwise 503; a line for each."""
    checks = ready_checks()
    lines = [f"{check.name.lower()}: {'ok' if check.is_well else 'failed'}\n" for check in checks]
    is_ready = all(check.is_well for check in checks)
    return HttpResponse("".join(lines), content_type="text/plain", status=200 if is_ready else 503)
