import sys
from getpass import getpass
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from assessments.words import counted
from councils.stored_secrets import count_unreadable_secrets
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
            "--identity",
            metavar="KEYFILE",
            help="the age identity that decrypts it; - to paste it, so that it is in no file here",
        )

    def handle(self, *, file, identity, **options):
        try:
            key = _key(identity) if identity else ""
            restored = restore_backup(file, identity=key)
        except OSError as error:
            what = f"Cannot read {error.filename}" if error.filename else "The restore was ended"
            raise CommandError(f"{what}: {error.strerror}.") from error
        except (RestoreRefused, BackupFailed) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Restored the backup of {timezone.localtime(restored.made_at):%-d %B %Y at %H:%M}: "
            f"the records of {counted(restored.councils, 'council')}, "
            f"{counted(restored.files, 'private file')}."
        )
        for problem in restored.problems:
            self.stdout.write(f"  {problem}")
        if restored.problems:
            raise CommandError("The records have been altered since they were written.")
        self.stdout.write("Every council's record is unaltered.")
        if unreadable := count_unreadable_secrets():
            self.stdout.write(
                f"Secrets of two-step sign-in that no key in the settings can read: {unreadable}. "
                "These people cannot sign in. Set SECRET_KEY, or SECRET_KEY_FALLBACKS, to the key "
                "with which the backup was made."
            )


def _key(identity: str) -> str:
    """Return the text of the identity file, or what is typed or piped in for "-"."""
    if identity != "-":
        return Path(identity).read_text()
    return getpass("Secret key: ") if sys.stdin.isatty() else sys.stdin.read()
