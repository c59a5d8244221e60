"""Queries whose SQL is made once in each process, and run again with other numbers.

The ORM takes several milliseconds to make the SQL of a query with many joins and conditions, where
the database takes a tenth of one to answer it. The few queries that every page or every save needs
are prepared, so that this time is spent once.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import BigIntegerField, QuerySet
from django.db.models.sql.compiler import SQLCompiler

Row = TypeVar("Row")

# The placeholder for the first number while the SQL is made; the next number has the next, and so
# on. They fit in the smallest integer field, and no condition of ours compares with them.
FIRST_PLACEHOLDER = 31_000
LARGEST_KEY = BigIntegerField.MAX_BIGINT
KEPT = 10  # how often the SQL of one query is kept, for different values given by keyword


@dataclass(frozen=True)
class _Made:
    """SQL with placeholders among its parameters, and what the compiler noted while making it."""

    rows: QuerySet
    compiler: SQLCompiler
    sql: str
    parameters: tuple[Any, ...]


class PreparedQuery(Generic[Row]):
    """A function that returns a queryset, with the SQL of that queryset kept.

    The function takes numbers by position, such as keys of rows, which may differ each time; each
    must reach the parameters of the SQL unchanged. It takes by keyword what the SQL itself depends
    on, such as the day: the SQL is made again for other values. Nothing else may decide the
    queryset.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Row]]) -> None:
        self.build = build
        self.__doc__ = build.__doc__
        self.made: dict[Hashable, _Made] = {}

    def fetch(self, *numbers: int, **depends_on: Hashable) -> list[Row]:
        """Return the rows of the queryset that the function makes from the arguments. One query.

        A number that no key can have, such as one of 30 digits in an address, has no rows.
        """
        if any(number > LARGEST_KEY for number in numbers):
            return []
        made = self.make(len(numbers), depends_on)
        values = dict(zip(_placeholders(len(numbers)), numbers, strict=True))
        parameters = tuple(values.get(value, value) for value in made.parameters)
        rows = made.rows.all()
        rows.query.get_compiler = partial(  # type: ignore[method-assign]
            _ReadyCompiler, made, parameters
        )
        return list(rows)

    def make(self, count: int, depends_on: dict[str, Hashable]) -> _Made:
        key = count, frozenset(depends_on.items())
        if key in self.made:
            return self.made[key]
        if len(self.made) >= KEPT:
            self.made = {}
        rows = self.build(*_placeholders(count), **depends_on)
        compiler = rows.query.get_compiler(using=rows.db)
        sql, parameters = compiler.as_sql()
        made = _Made(rows, compiler, sql, tuple(parameters))
        if set(_placeholders(count)).difference(made.parameters):
            raise ValueError("A number is not among the parameters of the SQL as it was given.")
        self.made[key] = made
        return made


class _ReadyCompiler(SQLCompiler):
    """A compiler that has made its SQL already, on the connection of this thread."""

    def __init__(self, made: _Made, parameters: tuple[Any, ...], *_: Any, **__: Any) -> None:
        before = made.compiler
        using = before.using or DEFAULT_DB_ALIAS
        super().__init__(before.query, connections[using], using)
        self.select = before.select
        self.klass_info = before.klass_info
        self.annotation_col_map = before.annotation_col_map
        self.col_count = before.col_count
        self.has_extra_select = before.has_extra_select
        self.ready = made.sql, parameters

    def as_sql(self, *_: Any, **__: Any) -> tuple[str, tuple[Any, ...]]:
        return self.ready


def _placeholders(count: int) -> range:
    return range(FIRST_PLACEHOLDER, FIRST_PLACEHOLDER + count)
