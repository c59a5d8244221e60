"""The release before works with the tables of this one, so that it can be rolled back to."""

from importlib import import_module
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management.commands import migrate
from django.db import connection, migrations, models
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState
from django.db.models import NOT_PROVIDED

from operate.management.commands.migrate import WholeMigrations

# The last migrations before the rule was followed everywhere.
BEFORE = {"assessments": "0049", "councils": "0015", "frameworks": "0005", "operate": "0001"}


def can_be_left_out(field):
    """Whether a row can be inserted by code that does not know the column."""
    return field.null or field.many_to_many or field.db_default is not NOT_PROVIDED


def added_fields():
    for app, last in BEFORE.items():
        for path in sorted(Path(settings.BASE_DIR, app, "migrations").glob("0*.py")):
            if path.name[:4] > last:
                migration = import_module(f"{app}.migrations.{path.stem}").Migration
                for operation in migration.operations:
                    if isinstance(operation, migrations.AddField):
                        yield f"{app}.{path.stem}: {operation.name}", operation.field


def test_older_code_can_insert_rows_after_a_column_was_added():
    fields = list(added_fields())
    assert fields
    assert [words for words, field in fields if not can_be_left_out(field)] == []


@pytest.mark.parametrize(
    ("field", "can"),
    [
        (models.CharField(max_length=9, blank=True), False),
        (models.CharField(max_length=9, default=""), False),  # a default in Python only
        (models.CharField(max_length=9, db_default=""), True),
        (models.DateField(null=True), True),
    ],
)
def test_a_column_needs_null_or_a_default_in_the_database(field, can):
    assert can_be_left_out(field) is can


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="a migration is no transaction there")
def test_a_migration_that_is_ended_before_it_is_recorded_leaves_nothing(monkeypatch):
    """Its tables stayed, and every later `migrate` failed because they were there already."""
    migration = migrations.Migration("0999_added", "operate")
    name = models.CharField(max_length=9, unique=True)  # with an index, which is made at the end
    fields = [("id", models.BigAutoField(primary_key=True)), ("name", name)]
    migration.operations = [migrations.CreateModel("Added", fields)]
    assert migrate.MigrationExecutor is WholeMigrations  # which the command uses
    executor = WholeMigrations(connection)

    def end(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(MigrationRecorder, "record_applied", end)
    with pytest.raises(KeyboardInterrupt):
        executor.apply_migration(ProjectState(), migration)
    assert "operate_added" not in connection.introspection.table_names()
