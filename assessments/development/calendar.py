"""The next steps of a development record as a calendar file."""

from assessments.ical import day_event, new_calendar


def next_steps_calendar(record, *, host, link):
    """Return the dated next steps of a development record as an iCalendar file, in bytes.

    `link(standard_id)` returns the address of a standard. A standard has one next step at a time,
    which keeps its UID when its date or its text changes.
    """
    calendar = new_calendar("Development", "Development: next steps")
    for answer in record.answers.with_next_step().exclude(next_step_on=None):
        entry = day_event(
            f"development-{answer.pk}@{host}",
            answer.next_step_on,
            answer.next_step,
            url=link(answer.standard_id),
            sequence=answer.version,
            changed=answer.saved_at,
            private=True,
        )
        calendar.add_component(entry)
    return calendar.to_ical()
