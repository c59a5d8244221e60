"""What an email about one notice says: no more than the person can see, and no text of a note."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from assessments.access import would_pass
from assessments.plans.models import Marking, Plan
from assessments.printing.text import printable
from councils.digests import stop_path
from councils.models import DigestFrequency
from councils.permissions import Right
from councils.validators import on_one_line
from frameworks.models import Stage, Step
from govuk.fields import within_sentence

from .models import Notice


def plan_of(notice: Notice) -> Plan | None:
    """Return the plan as the person to be told can see it now; None if they cannot."""
    plans = Plan.objects.visible_to(notice.user).select_related("council")
    plan = plans.filter(pk=notice.plan_id).first()
    if plan is None or not would_pass(plan, Right.VIEW):
        return None
    # A notice kept from before has a stage only if it is about an action.
    stage = notice.item.step.stage.number if notice.item else notice.stage
    if stage is not None and stage not in plan.stages:
        return None
    return plan


def _place_words(notice: Notice, plan: Plan) -> str:
    """Return for example "Step 13: Governance", "Stage 2, early foundations" or ""."""
    if notice.step is not None:
        step = Step.objects.filter(framework=plan.transition_id, number=notice.step).first()
        return f"Step {step.number}: {step.title}" if step else ""
    if notice.stage is None:
        return ""
    stage = Stage.objects.get(framework=plan.transition_id, number=notice.stage)
    return f"Stage {stage.number}, {within_sentence(stage.short_title)}"


# What an email says before the day of a notice, as the page that it leads to says it.
BEFORE_DUE: dict[str, str] = {
    Notice.Kind.ACCESS: "Until the end of",
    Notice.Kind.ADVICE: "Answer needed by",
    Notice.Kind.ROUND: "You can answer until",
}


def letter_for(notice: Notice) -> EmailMessage | None:
    """Return the email, or None if the person does not want it or can no longer see the plan.

    About a plan marked OFFICIAL-SENSITIVE it has a number and a link only.
    """
    user = notice.user
    wants_it = user.is_active and user.digest_frequency == DigestFrequency.AT_ONCE
    plan = plan_of(notice) if wants_it else None
    if plan is None or not settings.SITE_URL:
        return None
    says_words = plan.marking != Marking.OFFICIAL_SENSITIVE
    happened = f"{notice.by.name} {notice.get_kind_display()}"
    stop = settings.SITE_URL + stop_path(user)
    context = {
        "user": user,
        "plan": plan,
        "happened": happened,
        "item": notice.item.words(plan.term) if notice.item else "",
        "place": _place_words(notice, plan),
        "due": notice.due,
        "before_due": BEFORE_DUE.get(notice.kind, "Due by"),
        "link": settings.SITE_URL + notice.path,
        "says_words": says_words,
        "stop": stop,
    }
    return EmailMessage(
        subject=on_one_line(
            f"{happened}: {plan.council}"
            if says_words
            else "Transition planner: something new for you"
        ),
        body=printable(render_to_string("assessments/notices/email.txt", context)),
        to=[user.email],
        headers={
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
