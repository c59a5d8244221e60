from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from councils.actions import LastOwner, add_member
from councils.models import Access, Council, Membership, Office, User
from councils.names import why_not_named


class Command(BaseCommand):
    help = (
        "Make a person a member of a council, or change the officer role and access of a member. "
        "This is how a council gets its first owner."
    )

    def add_arguments(self, parser):
        parser.add_argument("council", help="slug or GSS code, such as adur-district-council")
        parser.add_argument("email", help="the address they sign in with")
        parser.add_argument("--name", default="", help="required for a new person")
        parser.add_argument("--office", required=True, choices=Office.values)
        parser.add_argument("--access", required=True, choices=Access.values)
        parser.add_argument(
            "--job-title", default="", help="if the role has another name at this council"
        )

    def handle(self, *, council, email, name, office, access, job_title, **options):
        place, email = _council(council), email.strip().lower()
        _refuse_name_of_another(place, email, name)
        try:
            added = add_member(
                council=place,
                email=email,
                name=name,
                office=office,
                access=access,
                job_title=job_title,
            )
        except ValidationError as error:
            raise CommandError(_in_one_line(error)) from error
        except LastOwner as error:
            raise CommandError(str(error)) from error

        membership = added.membership
        person = membership.user
        done = "added to" if added.is_new_member else "now has this role and access at"
        self.stdout.write(
            f"{person.name} ({person.email}) {done} {membership.council.name}: "
            f"{membership.post}, {membership.get_access_display().lower()}."
        )
        if name and person.name != name.strip():
            self.stdout.write(f"Their account keeps the name {person.name}.")
        if not person.has_usable_password():
            self.stdout.write(
                "They set a password with “Forgotten your password, or signing in for the first "
                "time?” on the sign-in page."
            )


def _council(slug_or_code):
    councils = Council.objects.filter(
        Q(slug=slug_or_code.lower()) | Q(gss_code=slug_or_code.upper())
    )
    if not councils:
        raise CommandError(
            f"No council has the slug or GSS code '{slug_or_code}'. "
            "import_councils adds councils from the council directory."
        )
    return councils[0]


def _refuse_name_of_another(council, email, name):
    """Raise CommandError if a person who is not a member yet would have the name of another."""
    account = User.objects.filter(email=email).first()
    if Membership.objects.current().filter(council=council, user=account).exists():
        return
    if problem := why_not_named(account.name if account else name, council, email=email):
        raise CommandError(f"{problem}.")


def _in_one_line(error):
    return " ".join(
        f"{field.replace('_', ' ').capitalize()}: {' '.join(messages)}"
        for field, messages in error.message_dict.items()
    )
