from django.core.management.base import BaseCommand, CommandError

from operate.set_up import set_up_link


class Command(BaseCommand):
    help = (
        "Print a one-time address that makes the first operator. The server writes one to its log "
        "when it starts without an operator, so this is needed only if that one has expired."
    )

    def handle(self, **options):
        link = set_up_link()
        if not link:
            raise CommandError("There is an operator. Operators add others at /operate/operators/.")
        self.stdout.write(link)
