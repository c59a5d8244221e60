from django.apps import apps as project
from django.db import migrations

from councils.models import AppendOnlyModel
from councils.models.chain import links_after

LINK_FIELDS = ('council_id', 'sequence', 'table', 'row', 'facts', 'words', 'salt', 'digest')


def entries_of(apps, council):
    """The council's events so far with their parts, of whatever kind, the earliest first."""
    found = []
    for model in apps.get_models():
        try:
            kind = project.get_model(model._meta.label)
        except LookupError:
            continue
        if issubclass(kind, AppendOnlyModel) and not kind.part_of:
            for row in model.objects.filter(**{kind.council_path: council.pk}):
                found.append((row, list(getattr(row, kind.parts).all()) if kind.parts else []))
    return sorted(found, key=lambda entry: (entry[0].at, entry[0]._meta.label, entry[0].pk))


def chain_events(apps, schema_editor):
    Council = apps.get_model('councils', 'Council')
    ChainHead = apps.get_model('councils', 'ChainHead')
    ChainLink = apps.get_model('councils', 'ChainLink')
    for council in Council.objects.order_by('pk'):
        entries = entries_of(apps, council)
        if entries:
            head = ChainHead(council_id=council.pk)
            links = links_after(head, entries)
            ChainLink.objects.bulk_create(
                (ChainLink(**{name: getattr(link, name) for name in LINK_FIELDS}) for link in links),
                batch_size=500,
            )
            head.save()


class Migration(migrations.Migration):

    dependencies = [
        ('assessments', '0001_initial'),
        ('councils', '0002_chain'),
    ]

    operations = [
        migrations.RunPython(chain_events, migrations.RunPython.noop),
    ]
