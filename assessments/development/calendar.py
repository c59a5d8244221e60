"""The next steps of a development record as a calendar file."""

from assessments.ical import day_event, new_calendar


def next_steps_calendar(record, *, host, link):
    """The next steps of a development record that have a date, as bytes.

    `link(standard_id)` is the address of a standard. A step that moves keeps its UID, and so does
    the one that takes its place: a standard has one next step at a time.
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
