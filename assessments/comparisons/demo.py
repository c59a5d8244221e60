"""The demo's comparison: figures made up for it, since its councils are too few to publish any."""

from assessments.demo_story import moment_on, working_moment

from .actions import share_figures
from .figures import figures_of, week_of
from .models import ComparisonMember, ComparisonPublication, ComparisonSpread

COUNCILS = 9
MADE_UP = {1: (70, 85, 95), 2: (15, 25, 40), 3: (0, 5, 10)}


def seed_comparison(plan, *, by, today):
    """Share the plan's counts and store a publication that is marked as an example."""
    yield working_moment(today, 10, "15:35")
    share_figures(plan, by=by)
    yield moment_on(week_of(today), "05:00")
    figures = figures_of([plan])[plan.pk]
    publication = ComparisonPublication.objects.create(week=week_of(today), is_example=True)
    for stage, (lower, middle, upper) in MADE_UP.items():
        spread = ComparisonSpread.objects.create(
            publication=publication,
            poll_week=figures.poll_week,
            stage=stage,
            type=figures.type,
            councils=COUNCILS,
            lower=lower,
            middle=middle,
            upper=upper,
        )
        ComparisonMember.objects.create(spread=spread, plan_number=plan.pk, is_counted=True)
