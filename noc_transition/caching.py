"""The cache in the database, which says so when the database takes no saves."""

from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import DatabaseCache
from django.db import Error, OperationalError, connections, router

from .errors import is_temporary


class Cache(DatabaseCache):
    """Raise the error of a save that the database refused for a time.

    Django takes every such error for two saves at once, and says only that nothing was stored. A
    database that took no saves looked like a limit that was reached, or a code that was used.
    """

    def _base_set(
        self, mode: str, key: str, value: Any, timeout: float | None = DEFAULT_TIMEOUT
    ) -> bool:
        failed: list[Error] = []

        def note(execute: Any, *arguments: Any) -> Any:
            try:
                return execute(*arguments)
            except Error as error:
                failed.append(error)
                raise

        connection = connections[router.db_for_write(self.cache_model_class)]
        with connection.execute_wrapper(note):
            is_stored: bool = super()._base_set(mode, key, value, timeout)  # type: ignore[misc]
        if failed and is_temporary(failed[-1]):
            raise failed[-1]
        if not is_stored and not failed and mode != "touch":
            # Only the end of the transaction is left: it asks nothing that `note` would see.
            raise OperationalError("The cache could not be written to.")
        return is_stored
