from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from assessments.words import counted
from operate.backup import BackupFailed, make_backup, why_not_restorable


class Command(BaseCommand):
    help = (
        "Write the database and the private files to one file, while the service is in use. It is "
        "encrypted if BACKUP_KEY is set to an age public key. Keep SECRET_KEY apart from it: "
        "without that key, people set up two-step sign-in again."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--force", action="store_true", help="replace the file if it exists")

    def handle(self, *, file, force, **options):
        if file.exists() and not force:
            raise CommandError(f"{file} exists. Add --force to replace it.")
        try:
            made = make_backup(file)
        except BackupFailed as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Wrote {made.path}: {made.size / 1e6:.1f}MB, the records of "
            f"{counted(made.councils, 'council')}, "
            f"{'encrypted' if made.is_encrypted else 'not encrypted'}."
        )
        if problem := why_not_restorable():
            self.stderr.write(problem)
