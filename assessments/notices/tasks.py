"""Send notices after the response, by `manage.py db_worker`."""

from django.conf import settings
from django_tasks import task

from .letters import letter_for
from .models import Notice


@task()
def send_notices(user_ids: list[int], key: str) -> None:
    """Email each of the people about what `key` names, unless that was done already."""
    notices = Notice.objects.filter(user__in=user_ids, key=key, sent_at=None)
    for notice in notices.select_related("user", "by", "item__step__stage", "item__source"):
        letter = letter_for(notice)
        if letter is None or not notice.claim():
            continue
        try:
            letter.send()
        except OSError:  # SMTPException is one
            notice.give_back()
            raise


def queue_notices(user_ids: list[int], key: str) -> None:
    """Queue the emails, or send them at once where no worker runs (EMAIL_IN_BACKGROUND)."""
    if settings.EMAIL_IN_BACKGROUND:
        send_notices.enqueue(user_ids, key)
    else:
        send_notices.call(user_ids, key)
