from django.core.management.base import BaseCommand, CommandError

from councils.actions import reset_second_factor
from councils.models import User


class Command(BaseCommand):
    help = (
        "Take away the two-step sign-in of someone who lost their phone and their recovery codes. "
        "Make sure first that it is they who ask: from then on their password alone lets them in."
    )

    def add_arguments(self, parser):
        parser.add_argument("email", help="the address they sign in with")
        parser.add_argument(
            "--no-input", action="store_false", dest="interactive", help="do not ask first"
        )

    def handle(self, *, email, interactive, **options):
        user = User.objects.filter(email=email.strip().lower()).first()
        if user is None:
            raise CommandError(f"Nobody has the address {email}.")
        if interactive and input(f"Take away the two-step sign-in of {user.name}? [y/N] ") != "y":
            raise CommandError("Nothing was changed.")
        if not reset_second_factor(user, by=None):
            raise CommandError(f"{user.name} has no two-step sign-in.")
        self.stdout.write(f"{user.name} signs in with the password alone, and has been told.")
