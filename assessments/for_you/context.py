"""The count in the navigation bar."""

from functools import cache

from django.http import HttpRequest

from .waiting import count_waiting


def for_you(request: HttpRequest) -> dict[str, object]:
    """Return `for_you_count`: how many things need the answer of the person who is signed in.

    It takes one query, and only on pages that show it: templates call what they are given. A lazy
    object would not do, because `pluralize` cannot count with one.
    """
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    return {"for_you_count": cache(lambda: count_waiting(user))}
