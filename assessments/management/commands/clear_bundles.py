from django.core.management.base import BaseCommand

from assessments.exports.kept import clear_kept_pdfs
from assessments.portfolio.actions import clear_bundles
from assessments.words import counted


class Command(BaseCommand):
    help = "Delete zip files and PDFs of action plans that were made more than a day ago."

    def handle(self, **options):
        zips, pdfs = counted(clear_bundles(), "zip file"), counted(clear_kept_pdfs(), "kept PDF")
        self.stdout.write(f"Deleted {zips} and {pdfs}.")
