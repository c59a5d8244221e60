from django.db import transaction
from django.utils import timezone

from councils.models import User

from ..models import OperatorEvent, ServiceNotice
from ..notices import keep_notice


def show_notice(*, text: str, by: User) -> ServiceNotice:
    """Show a notice at the top of every page, in place of an earlier one."""
    with transaction.atomic():
        ServiceNotice.objects.filter(ended_at=None).update(ended_at=timezone.now())
        notice = ServiceNotice.objects.create(text=text, by=by)
        OperatorEvent.objects.create(kind=OperatorEvent.Kind.NOTICE_SHOWN, by=by, detail=text)
        transaction.on_commit(lambda: keep_notice(text))
    return notice


def end_notice(*, by: User) -> bool:
    """Stop showing the notice; False if none was shown."""
    with transaction.atomic():
        if not ServiceNotice.objects.filter(ended_at=None).update(ended_at=timezone.now()):
            return False
        OperatorEvent.objects.create(kind=OperatorEvent.Kind.NOTICE_ENDED, by=by)
        transaction.on_commit(lambda: keep_notice(""))
    return True
