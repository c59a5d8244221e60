from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from operate.backup import BackupFailed, RestoreRefused, restore_backup


class Command(BaseCommand):
    help = (
        "Restore a backup into the database of DATABASE_URL, which must be empty. Brings an older "
        "backup up to date, refuses one of a newer version, and checks every council's record; "
        "exit code 1 if one has been altered."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--identity", type=Path, metavar="KEYFILE", help="the age identity that decrypts it"
        )

    def handle(self, *, file, identity, **options):
        try:
            key = identity.read_text() if identity else ""
            restored = restore_backup(file, identity=key)
        except OSError as error:
            raise CommandError(f"Cannot read {error.filename}: {error.strerror}.") from error
        except (RestoreRefused, BackupFailed) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Restored the backup of {timezone.localtime(restored.made_at):%d %B %Y at %H:%M}: "
            f"the records of {restored.councils} councils, {restored.files} private files."
        )
        for problem in restored.problems:
            self.stdout.write(f"  {problem}")
        if restored.problems:
            raise CommandError("The records are not as they were written.")
        self.stdout.write("Every council's record is unaltered.")
