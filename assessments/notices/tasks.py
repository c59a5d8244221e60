"""Send notices after the response, by `manage.py worker`."""

from django.conf import settings
from django_tasks import task

from councils.mail import try_later

from .letters import letter_for
from .models import Notice


@task()
def send_notices(user_ids: list[int], key: str, attempt: int = 1) -> None:
    """Email each of the people about what `key` names, unless that was done already.

    Those that the mail server does not take are sent later: see `councils.mail`.
    """
    failure = None
    notices = Notice.objects.filter(user__in=user_ids, key=key, sent_at=None)
    for notice in notices.select_related("user", "by", "item__step__stage", "item__source"):
        letter = letter_for(notice)
        if letter is None or notice.is_one_too_many() or not notice.claim():
            continue
        try:
            letter.send()
        except Exception as error:  # whatever it is, the other people get theirs
            notice.give_back()
            failure = error
    if failure is not None:
        is_queued = settings.EMAIL_IN_BACKGROUND and try_later(
            send_notices, user_ids, key, attempt=attempt
        )
        if not is_queued:
            raise failure


def queue_notices(user_ids: list[int], key: str) -> None:
    """Queue the emails, or send them at once where no worker runs (EMAIL_IN_BACKGROUND)."""
    if settings.EMAIL_IN_BACKGROUND:
        send_notices.enqueue(user_ids, key)
    else:
        send_notices.call(user_ids, key)
