from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from frameworks.models import Framework


class Command(BaseCommand):
    help = "Create 3 fictional councils to try the planner with. Safe to run again."

    def handle(self, **options):
        if settings.PRODUCTION:
            raise CommandError(
                "The demo's passwords are public, so it cannot be created in production."
            )
        if settings.SECOND_FACTOR_REQUIRED:
            raise CommandError(
                "The demo's people have no two-step sign-in. Set SECOND_FACTOR_REQUIRED to 0."
            )
        if not Framework.objects.exists():
            raise CommandError("Load the guidance first: manage.py load_frameworks")
        try:
            from assessments.demo.seed import PASSWORD, seed
        except ModuleNotFoundError as missing:
            raise CommandError(
                f"The demo needs {missing.name}: uv sync --group demo installs it."
            ) from missing
        people = seed(today=timezone.localdate())
        self.stdout.write(f"\nSign in with any of these; every password is {PASSWORD}\n")
        for person in people:
            office = person.job_title or person.office.label
            access = person.access.label if person.access else "No access to a plan"
            self.stdout.write(f"  {person.email:<32} {person.name}, {office} ({access})")
