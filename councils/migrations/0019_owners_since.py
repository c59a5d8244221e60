import django.db.models.functions.datetime
import django.utils.timezone
from django.db import migrations, models

WITH_ACCESS = ["joined", "member-added", "member-changed"]


def access_from_the_record(apps, schema_editor):
    """Set since when each member has their access level: since the latest event that gave it.

    Events store a post and access as "Post (access)", and a person as "Name (address)". Without
    such an event it is the day on which the account was made, which was asked for until now.
    """
    Membership = apps.get_model("councils", "Membership")
    CouncilEvent = apps.get_model("councils", "CouncilEvent")
    for membership in Membership.objects.select_related("user").order_by("pk"):
        user = membership.user
        addresses = {user.email, *user.earlier_addresses.values_list("email", flat=True)}
        theirs = models.Q()
        for address in addresses:
            theirs |= models.Q(person__endswith=f"({address})")
        events = CouncilEvent.objects.filter(theirs, council=membership.council_id)
        events = events.filter(kind__in=WITH_ACCESS).order_by("-at", "-pk")
        since = user.joined_at
        for at, before, after in events.values_list("at", "before", "after"):
            if before.rpartition(" (")[2] != after.rpartition(" (")[2]:
                since = at
                break
        Membership.objects.filter(pk=membership.pk).update(access_since=since)


class Migration(migrations.Migration):

    dependencies = [
        ('councils', '0018_council_import'),
    ]

    operations = [
        migrations.AddField(
            model_name='membership',
            name='access_since',
            field=models.DateTimeField(
                db_default=django.db.models.functions.datetime.Now(),
                default=django.utils.timezone.now,
            ),
        ),
        migrations.RunPython(access_from_the_record, migrations.RunPython.noop),
    ]
