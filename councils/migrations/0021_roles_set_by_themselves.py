from django.db import migrations, models

STATUTORY = ["chief-executive", "monitoring-officer", "section-151-officer"]
WITH_A_POST = ["joined", "member-added", "member-changed"]


def from_the_record(apps, schema_editor):
    """Mark statutory officers who gave themselves their role, as far as the record says so.

    The latest event in which their post changed is then one of their own. Events store a post and
    access as "Post (access)", and a person as "Name (address)".
    """
    Membership = apps.get_model("councils", "Membership")
    CouncilEvent = apps.get_model("councils", "CouncilEvent")
    members = Membership.objects.filter(office__in=STATUTORY, ended_at=None)
    for membership in members.select_related("user").order_by("pk"):
        user = membership.user
        theirs = models.Q()
        for address in {user.email, *user.earlier_addresses.values_list("email", flat=True)}:
            theirs |= models.Q(person__endswith=f"({address})")
        events = CouncilEvent.objects.filter(theirs, council=membership.council_id)
        events = events.filter(kind__in=WITH_A_POST).order_by("-at", "-pk")
        for kind, by, before, after in events.values_list("kind", "by", "before", "after"):
            if before.rpartition(" (")[0] != after.rpartition(" (")[0]:
                if kind == "member-changed" and by == user.pk:
                    Membership.objects.filter(pk=membership.pk).update(is_office_self_set=True)
                break


class Migration(migrations.Migration):

    dependencies = [
        ('councils', '0020_events_of_addresses'),
    ]

    operations = [
        migrations.AddField(
            model_name='membership',
            name='is_office_self_set',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.RunPython(from_the_record, migrations.RunPython.noop),
    ]
