from django.core.management.base import BaseCommand, CommandError

from councils.actions import reset_second_factor
from councils.models import User, signs_in_twice


class Command(BaseCommand):
    help = (
        "Reset two-step sign-in for a person who has lost their phone and their recovery codes. "
        "Check first that the request comes from that person: afterwards they sign in with only "
        "their password."
    )

    def add_arguments(self, parser):
        parser.add_argument("email", help="the address they sign in with")
        parser.add_argument(
            "--no-input", action="store_false", dest="interactive", help="do not ask first"
        )

    def handle(self, *, email, interactive, **options):
        user = User.objects.filter(email=email.strip().lower()).first()
        if user is None:
            raise CommandError(f"No one has the address {email}.")
        if not signs_in_twice(user):
            raise CommandError(f"{user.name} has not turned on two-step sign-in.")
        if interactive and not self._confirmed(user):
            raise CommandError("Nothing was changed.")
        if not reset_second_factor(user, by=None):
            raise CommandError(f"{user.name} has not turned on two-step sign-in.")
        self.stdout.write(
            f"{user.name} now signs in with only their password, and has been told by email."
        )

    def _confirmed(self, user: User) -> bool:
        try:
            return input(f"Reset two-step sign-in for {user.name}? [y/N] ").strip() == "y"
        except EOFError as error:
            raise CommandError(
                "There is no terminal to ask on. Run it again with --no-input to go ahead."
            ) from error
