from django.core.management.base import BaseCommand, CommandError

from assessments.data_protection.actions import erase_person
from assessments.data_protection.traces import councils_of, traces_of
from councils.actions import LastOwner
from councils.models import User


class Command(BaseCommand):
    help = (
        "Erase a person from every council they belong or belonged to, and close their account. "
        "The record still shows that the actions were taken, but not who took them. Shows what it "
        "would do; does it with --confirm. It cannot be undone."
    )

    def add_arguments(self, parser):
        parser.add_argument("email", help="their email address")
        parser.add_argument("--confirm", action="store_true", help="erase them; cannot be undone")

    def handle(self, *, email, confirm, **options):
        user = User.objects.filter(email=email.strip().lower(), erased_at=None).first()
        if user is None:
            raise CommandError(
                f"No account has the address '{email}'. For someone who was invited and never "
                "joined, use forget_invitations."
            )
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
            (traces.entries, "entries in the record that name them"),
            (traces.items, "actions assigned to them"),
            (traces.early_wins, "early wins they are responsible for"),
            (traces.invitations, "invitations to their address"),
            (traces.respondents, "review rounds that they were asked to answer"),
            (traces.restricted_notes, "restricted notes they can read"),
            (traces.scenarios, "scenarios they can read"),
            (traces.appointments, "notices, nominations and appointments that name them"),
        ):
            self.stdout.write(f"  {count} {what}")
        self.stdout.write(f"  {traces.actions_kept} entries stay, without their name")
        for item, _words in traces.mentions:
            self.stdout.write(f"  their name appears in the text of action {item.pk} ({item})")
        for entry in traces.in_register:
            self.stdout.write(
                f"  their name appears in the joint working register of plan {entry.plan_id}"
            )
        for nominee in traces.nominated:
            self.stdout.write(
                "  their name appears in nominations at annual council of plan "
                f"{nominee.election.plan_id}"
            )
        if not confirm:
            self.stdout.write("Nothing was changed. Run it again with --confirm to erase them.")
