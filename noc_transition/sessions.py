"""Sessions that last SESSION_COOKIE_AGE without use, and SESSION_LIFE at most.

Both limits are in the row's expiry date, which Django checks whenever it reads a session, so they
cost no extra query.
"""

import time
from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.utils import timezone

from .errors import is_temporary

SIGNED_IN_AT = "signed_in_at"


class SessionStore(db.SessionStore):
    ends_at = None  # when the session ends if it is not used, according to the database

    def load(self):
        row = self._get_session_from_db()
        if row is None:
            return {}
        self.ends_at = row.expire_date
        return self.decode(row.session_data)

    def save(self, must_create=False):
        """Store the start of SESSION_LIFE with the first save after signing in."""
        if not must_create and SESSION_KEY in self and SIGNED_IN_AT not in self:
            self[SIGNED_IN_AT] = int(time.time())
        try:
            super().save(must_create)
        except UpdateError as error:
            # Django says so of a session that has ended and of a database that takes no saves.
            cause = error.__context__
            if cause is not None and is_temporary(cause):
                raise cause from cause.__cause__
            raise

    def cycle_key(self):
        """Give the session a new key, also in the list of browsers, from which it can be ended.

        Django does so when a password or SECRET_KEY has been changed.
        """
        before = self.session_key
        super().cycle_key()
        if SESSION_KEY in self:
            UserSession.objects.filter(session_key=before).update(session_key=self.session_key)

    def get_session_cookie_age(self):
        """Return the seconds until the session ends if it is not used again."""
        return min(super().get_session_cookie_age(), self.life_left)

    @property
    def idle_limit(self):
        """The seconds without use after which a session ends."""
        return settings.SESSION_COOKIE_AGE

    @property
    def life_left(self):
        """The seconds until the session ends however much it is used."""
        signed_in_at = self.get(SIGNED_IN_AT, int(time.time()))
        return max(0, signed_in_at + settings.SESSION_LIFE - int(time.time()))

    def keep(self):
        """Record that a signed-in session was used, at most once in SESSION_REFRESH seconds.

        Updates only the dates: saving the whole session could undo changes of another request.
        """
        if self.ends_at is None or SESSION_KEY not in self:
            return
        ends_at = self.get_expiry_date()
        if ends_at - self.ends_at < timedelta(seconds=settings.SESSION_REFRESH):
            return
        self.model.objects.filter(session_key=self.session_key).update(expire_date=ends_at)
        UserSession.objects.filter(session_key=self.session_key).update(last_seen_at=timezone.now())
