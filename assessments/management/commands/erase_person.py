from django.core.management.base import BaseCommand, CommandError

from assessments.data_protection.actions import erase_person
from assessments.data_protection.traces import councils_of, traces_of
from councils.actions import LastOwner
from councils.models import User


class Command(BaseCommand):
    help = (
        "Erase a person from every council they belong or belonged to, and close their account. "
        "The record keeps that somebody did what they did. Says what it would do; does it, for "
        "good, with --confirm."
    )

    def add_arguments(self, parser):
        parser.add_argument("email", help="the address they sign in with")
        parser.add_argument("--confirm", action="store_true", help="erase them; no way back")

    def handle(self, *, email, confirm, **options):
        user = User.objects.filter(email=email.strip().lower(), erased_at=None).first()
        if user is None:
            raise CommandError(f"Nobody has the address '{email}'.")
        councils = list(councils_of(user).order_by("name"))
        traces = traces_of(user, councils)
        name = user.name
        if confirm:
            try:
                erase_person(user, by=None)
            except LastOwner as error:
                raise CommandError(str(error)) from error
        where = ", ".join(str(council) for council in councils) or "no council"
        done = "Erased" if confirm else "Would erase"
        self.stdout.write(f"{done} {name} ({where}). New name: {traces.new_name}.")
        for count, what in (
            (traces.entries, "entries of the record that name them"),
            (traces.items, "items that they own"),
            (traces.early_wins, "early wins that they own"),
            (traces.invitations, "invitations to their address"),
            (traces.restricted_notes, "restricted notes that they are named on"),
            (traces.scenarios, "scenarios that they are named on"),
        ):
            self.stdout.write(f"  {count} {what}")
        self.stdout.write(f"  {traces.actions_kept} entries keep that somebody did what they did")
        for item, _words in traces.mentions:
            self.stdout.write(f"  their name stands in the words of item {item.pk} ({item})")
        for entry in traces.in_register:
            self.stdout.write(f"  their name stands in the register of plan {entry.plan_id}")
        if not confirm:
            self.stdout.write("Nothing was changed. Add --confirm to erase them.")
