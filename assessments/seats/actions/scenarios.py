from django.db import transaction
from django.utils import timezone

from assessments.versions import update_at

from ..models import Scenario, ScenarioChange, ScenarioEvent


def save_scenario(scenario, *, plan, base, name, changes, version, by, readers=None, earlier=False):
    """Save a what-if; `scenario` is None for a new one, on the composition `base`.

    `changes` are of elections.scenario; `readers` are memberships named beside the owners, None
    leaves them as they are. New readers read what it says from now on, or all it has said with
    `earlier`. Leaves a ScenarioEvent and no plan event: that there are scenarios is
    for their readers alone. Raises StaleVersion, with nothing saved, if it was saved since
    `version`.
    """
    now = timezone.now()
    with transaction.atomic():
        if scenario is None:
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
            text="\n".join([saved.name, *map(str, saved.changes.all())]),
            readers="\n".join(map(str, saved.readers.all())),
        )
    return saved


def record_scenarios_export(scenarios, *, by, text):
    """Record the export on each scenario, with the reason if it was the pre-election period."""
    with transaction.atomic():
        for scenario in scenarios:
            ScenarioEvent.objects.create(
                scenario=scenario, by=by, kind=ScenarioEvent.Kind.EXPORTED, text=text
            )
