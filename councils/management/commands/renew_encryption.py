from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from councils.encryption import SecretUnreadable, encrypted_again
from councils.stored_secrets import SECRETS


class Command(BaseCommand):
    help = (
        "Encrypt the secrets of two-step sign-in under the current SECRET_KEY. Run it after a "
        "change of the key: without it, people whose secrets are under the earlier key are kept "
        "out once that key is no longer in SECRET_KEY_FALLBACKS. Safe to run again."
    )

    def handle(self, **options):
        renewed = unreadable = 0
        with transaction.atomic():
            for each in Authenticator.objects.select_for_update(no_key=True).order_by("pk"):
                try:
                    each.data |= {
                        name: encrypted_again(each.data[name])
                        for name in SECRETS
                        if name in each.data
                    }
                except SecretUnreadable:
                    unreadable += 1
                else:
                    each.save(update_fields=["data"])
                    renewed += 1
        self.stdout.write(f"Secrets encrypted under the current key: {renewed}.")
        if unreadable:
            raise CommandError(
                f"Secrets that no key in the settings can read: {unreadable}. Leave "
                "SECRET_KEY_FALLBACKS as it is, and add the key that is missing."
            )
