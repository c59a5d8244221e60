"""Any number of plans: the demo's fullest one, copied in SQL for council after council."""

import io

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from assessments.demo import seed as demo
from assessments.plans.models import Plan, PlanItem
from councils.models import Council, Membership, User

# The nth council, its owner, their membership and its plan all have this key plus n.
FIRST_KEY = 1000
MOST_COUNCILS = 20_000  # the keys of a council's other members are a multiple of this further on
DEMO_PLANS = 2


def start():
    """The guidance and the demo's own two plans."""
    call_command("migrate", verbosity=0)
    call_command("createcachetable")
    call_command("load_frameworks", stdout=io.StringIO())
    demo.seed(today=timezone.localdate())


def full_plan():
    """The demo's plan with answers in it, which the others are copies of."""
    return Plan.objects.with_all_stages().select_related("council").get(council__slug="riverdale")


def grow(numbers):
    """Add the councils with these numbers, each with its owner and its plan."""
    plan = full_plan()
    key = f"{FIRST_KEY} + n"
    _copy(Council, plan.council_id, numbers, id=key, name="'Council ' || n", slug="'council-' || n")
    _copy(User, plan.created_by_id, numbers, id=key, email="'chief-' || n || '@bench.example'")
    owner = Membership.objects.get(council=plan.council_id, user=plan.created_by_id)
    _copy(Membership, owner.pk, numbers, id=key, user_id=key, council_id=key)
    _copy(Plan, plan.pk, numbers, id=key, council_id=key, created_by_id=key)
    _copy(
        PlanItem,
        plan.pk,
        numbers,
        among="plan_id",
        id=None,
        plan_id=key,
        owner_id=f"CASE WHEN owner_id IS NOT NULL THEN {key} END",
        saved_by_id=key,
    )


def add_people(numbers, people):
    """Add members to the councils with these numbers, until each has so many."""
    plan = full_plan()
    owner = Membership.objects.get(council=plan.council_id, user=plan.created_by_id)
    for nth in range(1, people):
        key = f"{person_key(0, nth)} + n"
        email = f"'person-{nth}-' || n || '@bench.example'"
        _copy(User, plan.created_by_id, numbers, id=key, email=email)
        _copy(Membership, owner.pk, numbers, id=key, user_id=key, council_id=f"{FIRST_KEY} + n")


def person_key(number, nth):
    """The primary key of the nth member of a council; member 0 is its first owner."""
    return FIRST_KEY + number + nth * MOST_COUNCILS


def _copy(model, source, numbers, *, among="id", **values):
    """Copy the rows of `model` whose `among` is `source` for each number, with SQL for `values`.

    A column whose value is None gets its default.
    """
    table = connection.ops.quote_name(model._meta.db_table)
    columns = [field.column for field in model._meta.concrete_fields]
    columns = [column for column in columns if values.get(column, column)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH RECURSIVE number(n) AS (
              SELECT {numbers.start} UNION ALL SELECT n + 1 FROM number WHERE n < {numbers.stop - 1}
            )
            INSERT INTO {table} ({", ".join(columns)})
            SELECT {", ".join(values.get(column, column) for column in columns)}
            FROM number CROSS JOIN {table} WHERE {among} = {source}
            """
        )


def keep_copy(path):
    """A copy of the database as it is now."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(path)])


def sign_in(number, nth=0):
    """The session key of a member of a council that `grow` made."""
    client = Client()
    client.force_login(User.objects.get(pk=person_key(number, nth)))
    return client.cookies["sessionid"].value


def items_of(number, codes):
    """A plan's items that come from these codes of the guidance."""
    items = PlanItem.objects.filter(plan=FIRST_KEY + number, source__code__in=codes)
    return {item.source.code: item for item in items.select_related("source")}
