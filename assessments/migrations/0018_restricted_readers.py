"""Note since when a member reads a restricted note or a scenario; end the links of who has left.

The tables of readers were made by Django for a plain many-to-many field and stay what they are: a
model is put over each, then a column is added. Members who were named before read the current text
and later ones, since nothing says for certain which earlier texts were meant for them.
"""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def adopt(model, name, reader):
    """A model over the table of `model.readers`, as far as Django knows; the database stays."""
    field = models.ManyToManyField(
        blank=True, related_name="+", through=f"assessments.{reader}", to="councils.membership"
    )
    link = models.ForeignKey(
        on_delete=django.db.models.deletion.CASCADE,
        related_name="reader_links",
        to=f"assessments.{model}",
    )
    membership = models.ForeignKey(
        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="councils.membership"
    )
    key = models.BigAutoField(
        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
    )
    return migrations.SeparateDatabaseAndState(
        state_operations=[
            migrations.CreateModel(
                name=reader,
                fields=[("id", key), ("membership", membership), (name, link)],
                options={
                    "db_table": f"assessments_{model}_readers",
                    "unique_together": {(name, "membership")},
                },
            ),
            migrations.AlterField(model_name=model, name="readers", field=field),
        ]
    )


def end_and_date_links(apps, schema_editor):
    for reader, name in (("RestrictedNoteReader", "restrictednote"), ("ScenarioReader", "scenario")):
        links = apps.get_model("assessments", reader).objects
        links.filter(membership__ended_at__isnull=False).delete()
        saved = apps.get_model("assessments", reader.removesuffix("Reader")).objects
        saved_at = saved.filter(pk=OuterRef(name)).values("saved_at")
        links.update(reads_from=Subquery(saved_at))


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0017_words_of_plans"),
        ("councils", "0007_more_officer_roles"),
    ]

    operations = [
        adopt("restrictednote", "restrictednote", "RestrictedNoteReader"),
        adopt("scenario", "scenario", "ScenarioReader"),
        migrations.AddField("restrictednotereader", "reads_from", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("scenarioreader", "reads_from", models.DateTimeField(blank=True, null=True)),
        migrations.RunPython(end_and_date_links, migrations.RunPython.noop),
    ]
