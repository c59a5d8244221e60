from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from frameworks.edition_files import EditionPreview
from frameworks.loading import FixtureError, edition_paths, entries_of, load


class Command(BaseCommand):
    help = (
        "Check an edition file of the guidance and print what it changes. Nothing is saved: the "
        "edition is loaded in a transaction that is undone."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="the edition file")
        parser.add_argument(
            "--from",
            dest="directory",
            type=Path,
            default=settings.FIXTURE_DIRS[0],
            help="the folder with the fixture files (default: fixtures/)",
        )

    def handle(self, *, file, directory, **options):
        loaded = [path.resolve() for path in edition_paths(directory)]
        is_loaded = file.resolve() in loaded  # with the others of the folder
        editions = [] if is_loaded else [file]
        try:
            _, previews = entries_of(directory, editions)
            with transaction.atomic():
                load(directory, editions)
                transaction.set_rollback(True)
        except FixtureError as error:
            raise CommandError(f"The edition cannot be loaded. {error}") from error
        self._tell(previews[loaded.index(file.resolve())] if is_loaded else previews[-1])

    def _tell(self, preview: EditionPreview) -> None:
        self.stdout.write(f"Edition {preview.edition}, made from edition {preview.based_on}, of:")
        for framework in preview.frameworks:
            self.stdout.write(f"  {framework}")
        for title, changes in (
            ("New actions", preview.new),
            ("Actions with new wording", preview.changed),
            ("Actions removed", preview.removed),
        ):
            self.stdout.write(f"{title}: {len(changes)}")
            for each in changes:
                for label, text in (("before", each.before), ("after ", each.after)):
                    if text:
                        self.stdout.write(f"  {each.code} {label}: {text}")
        self.stdout.write(f"Guidance that changes: {len(preview.guidance)}")
        for line in preview.guidance:
            self.stdout.write(f"  {line}")
        self.stdout.write("The edition can be loaded.")
