"""The action log as CSV."""

import csv
import io

from django.urls import reverse

from assessments.plans.models import Event
from tests.acting import error_links, own_item, signed_in


def test_the_log_has_a_row_for_each_action_and_no_formula(plan, chief):
    own_item(plan, by=chief, title="=1+1", note="First line\nsecond, with a comma")
    address = reverse("action_plan_csv", args=[plan.pk])
    answer = signed_in(chief).post(address, {"scope": "whole", "notes": "1"})
    assert answer["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == plan.items.count()
    (own,) = [row for row in rows if row["Source"] == "Added by the council"]
    assert own["Action"] == "'=1+1"
    assert own["Note"] == "First line\nsecond, with a comma"
    event = plan.events.filter(kind=Event.Kind.PLAN_EXPORTED).latest("pk")
    assert event.detail.startswith("CSV action log: the whole plan, all actions")


def test_without_notes_there_is_no_column_for_them_and_a_summary_is_refused(plan, chief):
    client, address = signed_in(chief), reverse("action_plan_csv", args=[plan.pk])
    content = client.post(address, {"scope": "stage-2"}).content.decode("utf-8-sig")
    assert "Note" not in content.splitlines()[0].split(",")
    page = client.post(address, {"scope": "summary"})
    assert page.status_code == 422
    assert "for a CSV action log" in error_links(page)[0][0]
