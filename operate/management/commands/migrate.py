from django.core.management.commands import migrate
from django.db import transaction
from django.db.migrations.executor import MigrationExecutor


class WholeMigrations(MigrationExecutor):
    """Record each migration in the transaction that makes it.

    Django records one that has indexes or foreign keys in a transaction of its own. If it is ended
    in between, every later `migrate` fails, because the tables are there already. SQLite cannot do
    both in one transaction.
    """

    def apply_migration(self, state, migration, *args, **options):
        if not _can_be_whole(self.connection, migration):
            return super().apply_migration(state, migration, *args, **options)
        with transaction.atomic(using=self.connection.alias):
            return super().apply_migration(state, migration, *args, **options)

    def unapply_migration(self, state, migration, *args, **options):
        if not _can_be_whole(self.connection, migration):
            return super().unapply_migration(state, migration, *args, **options)
        with transaction.atomic(using=self.connection.alias):
            return super().unapply_migration(state, migration, *args, **options)


def _can_be_whole(connection, migration):
    return connection.vendor == "postgresql" and migration.atomic


migrate.MigrationExecutor = WholeMigrations  # type: ignore[attr-defined]  # it imports it


class Command(migrate.Command):
    pass
