from django.db import migrations, models

from councils.encryption import decrypt, encrypt

SECRETS = ("secret", "seed")


def change_secrets(apps, change):
    for authenticator in apps.get_model("mfa", "Authenticator").objects.all():
        for name in SECRETS:
            if name in authenticator.data:
                authenticator.data[name] = change(authenticator.data[name])
        authenticator.save(update_fields=["data"])


class Migration(migrations.Migration):

    dependencies = [
        ("councils", "0001_initial"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [
        migrations.AlterField(
            model_name="councilevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("invited", "invited"),
                    ("invitation-resent", "sent again the invitation of"),
                    ("invitation-withdrawn", "withdrew the invitation of"),
                    ("joined", "joined:"),
                    ("member-added", "added"),
                    ("member-changed", "changed"),
                    ("member-removed", "removed"),
                    ("second-factor-reset", "took away the two-step sign-in of"),
                ],
                max_length=30,
            ),
        ),
        # What was kept as it is until now is kept encrypted.
        migrations.RunPython(
            lambda apps, schema_editor: change_secrets(apps, encrypt),
            lambda apps, schema_editor: change_secrets(apps, decrypt),
        ),
    ]
