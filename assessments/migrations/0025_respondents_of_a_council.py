"""Number the people of review rounds by council instead of by plan.

The people of a council's first plan keep their numbers. Those of its other plans get the number of
the same person, found by email address or name, or a new one. Two people of one plan always have
two numbers.
"""

from django.db import migrations


def by_council(apps, schema_editor):
    Respondent = apps.get_model("assessments", "Respondent")
    rows = Respondent.objects.order_by("round__plan__council_id", "round__plan_id", "pk").select_related(
        "round__plan", "membership__user"
    )
    people = {}  # council, plan, number in the plan: what is known of the person
    for row in rows:
        key = (row.round.plan.council_id, row.round.plan_id, row.person)
        found = people.setdefault(key, {"rows": [], "known_as": set()})
        found["rows"].append(row.pk)
        user = row.membership.user if row.membership_id else row
        found["known_as"] |= {user.email.lower(), user.name.casefold()} - {""}
    known, taken, last = {}, {}, {}
    first_plan = {}
    for council, plan, _ in people:
        first_plan.setdefault(council, plan)
    for (council, plan, number), found in people.items():
        numbers = known.setdefault(council, {})
        used = taken.setdefault((council, plan), set())
        new = number
        if plan != first_plan[council]:
            same = {numbers[name] for name in found["known_as"] if name in numbers} - used
            new = min(same, default=last[council] + 1)
        used.add(new)
        last[council] = max(last.get(council, 0), new)
        for name in found["known_as"]:
            numbers.setdefault(name, new)
        found["new"] = new
    # A round must not have a number twice in between, so the old numbers are moved away first.
    changed = [each for key, each in people.items() if each["new"] != key[2]]
    for number, each in enumerate(changed):
        Respondent.objects.filter(pk__in=each["rows"]).update(person=1_000_000_000 + number)
    for each in changed:
        Respondent.objects.filter(pk__in=each["rows"]).update(person=each["new"])


class Migration(migrations.Migration):
    dependencies = [("assessments", "0024_interim_arrangements")]

    operations = [migrations.RunPython(by_council, migrations.RunPython.noop)]
