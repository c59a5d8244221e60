from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from assessments.data_protection.actions import erase_person
from assessments.data_protection.models import WAITING_DAYS
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
        name, has_signed_in = user.name, user.last_login is not None
        try:
            with transaction.atomic():
                # Without --confirm as well, and then undone, so that what is refused is said first.
                erase_person(user, by=None)
                transaction.set_rollback(not confirm)
        except LastOwner as error:
            raise CommandError(str(error)) from error
        where = ", ".join(str(council) for council in councils) or "no council"
        done = "Erased" if confirm else "Would erase"
        self.stdout.write(f"{done} {name} ({where}). New name: {traces.new_name}.")
        for count, what in (
            (traces.entries, "Entries in the record that name them"),
            (traces.items, "Actions assigned to them"),
            (traces.early_wins, "Early wins they are responsible for"),
            (traces.invitations, "Invitations to their address"),
            (traces.respondents, "Review rounds that they were asked to answer"),
            (traces.restricted_notes, "Restricted notes they can read"),
            (traces.scenarios, "Scenarios they can read"),
            (traces.confidential_requests, "Requests made in confidence they can read"),
            (traces.confidential_amendments, "Amendments given in confidence they can read"),
            (
                traces.appointments,
                "Notices, nominations, appointments and lists of councillors that name them",
            ),
            (traces.actions_kept, "Entries that are kept, without their name"),
        ):
            self.stdout.write(f"  {what}: {count}")
        for item, _words in traces.mentions:
            self.stdout.write(f"  Their name is in the text of action {item.pk} ({item})")
        for entry in traces.in_register:
            self.stdout.write(f"  Their name is in the joint working register of {entry.plan}")
        for place, found in (
            ("nominations at annual council", traces.nominated),
            ("the parity log", traces.in_parity_log),
            ("vacancies", traces.in_vacancies),
            ("amendments to the budget", traces.in_amendments),
            ("questions to advisers or their answers", traces.in_advice),
            ("links to documents", traces.in_links),
            ("notes of leaders’ meetings", traces.in_meetings),
            ("section 151 officer’s notes", traces.in_finance_notes),
            ("protocols with the groups", traces.in_protocols),
        ):
            if found:
                self.stdout.write(f"  Their name is in {place}: {len(found)}")
        if not confirm:
            if has_signed_in:
                self.stdout.write(
                    f"{name} has signed in. Tell them {WAITING_DAYS} days before you erase them, "
                    "so that they can download their private records."
                )
            self.stdout.write("Nothing was changed. Run it again with --confirm to erase them.")
