from django.db import migrations, models


class Migration(migrations.Migration):
    """Call the section 151 officer's note as the glossary does, and reword 2 notices.

    No table changes.
    """

    dependencies = [
        ("assessments", "0053_cause_of_a_vacancy"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="financenote",
            options={
                "verbose_name": "section 151 officer’s note",
                "verbose_name_plural": "section 151 officers’ notes",
            },
        ),
        migrations.AlterField(
            model_name="financenote",
            name="words",
            field=models.TextField(blank=True, verbose_name="section 151 officer’s note"),
        ),
        migrations.AlterField(
            model_name="notice",
            name="kind",
            field=models.CharField(
                choices=[
                    ("review", "asked you to review a stage"),
                    ("mention", "mentioned you in a comment"),
                    ("reply", "replied to your comment"),
                    ("assigned", "assigned an action to you"),
                    ("update", "asked you for an update on an action"),
                    ("round", "asked you to answer a review round"),
                    ("advice", "asked you for advice"),
                    ("answer", "answered your question"),
                    ("access", "gave you access to a transition plan"),
                ],
                max_length=10,
            ),
        ),
    ]
