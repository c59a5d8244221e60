from collections.abc import Collection, Iterable, Sequence

from django.db import transaction
from django.utils import timezone

from assessments.plans.actions import hold, hold_all, leave_room
from assessments.plans.models import Plan
from assessments.versions import update_at
from councils.models import Membership, User
from elections.scenario import SeatSwing

from ..models import CouncilComposition, Scenario, ScenarioChange, ScenarioEvent


def save_scenario(
    scenario: Scenario | None,
    *,
    plan: Plan,
    base: CouncilComposition,
    name: str,
    changes: Sequence[SeatSwing],
    version: int,
    by: User,
    readers: Collection[Membership] | None = None,
    earlier: bool = False,
) -> Scenario:
    """Save a scenario; None for a new one, on the composition `base`.

    `readers` are the memberships who can read it beside the owners; None changes nothing. New
    readers read what it says from now on, and with `earlier` also what it said before. Leaves a
    ScenarioEvent but no event of the plan, since only its readers may know of a scenario. Raises
    StaleVersion if it has been saved since `version`, and TooManyEntries, with nothing saved.
    """
    now = timezone.now()
    with transaction.atomic():
        hold(plan)
        if scenario is None:
            leave_room(Scenario, plan)
            scenario = Scenario.objects.create(plan=plan, base=base, name=name, saved_by=by)
        else:
            values = {"name": name, "saved_at": now, "saved_by": by}
            update_at(Scenario, scenario, version, values)
            scenario.changes.all().delete()
        ScenarioChange.objects.bulk_create(
            ScenarioChange(
                scenario=scenario,
                ward=change.ward,
                loses=change.loses,
                gains=change.gains,
                seats=change.seats,
            )
            for change in changes
        )
        if readers is not None:
            scenario.name_readers(readers, earlier=earlier, now=now)
        saved = Scenario.objects.with_seats().get(pk=scenario.pk)
        ScenarioEvent.objects.create(
            scenario=saved,
            at=now,
            by=by,
            kind=ScenarioEvent.Kind.SAVED,
            text=saved.text_in_record,
            readers="\n".join(map(str, saved.readers.all())),
        )
    return saved


def record_scenarios_export(scenarios: Iterable[Scenario], *, by: User, text: str) -> None:
    """Record the export on each scenario, with the reason if it was the pre-election period."""
    scenarios = list(scenarios)
    with transaction.atomic():
        hold_all(Plan.objects.filter(pk__in=[scenario.plan_id for scenario in scenarios]))
        for scenario in scenarios:
            ScenarioEvent.objects.create(
                scenario=scenario, by=by, kind=ScenarioEvent.Kind.EXPORTED, text=text
            )
