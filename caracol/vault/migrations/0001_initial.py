"""The outbox of destructions in the main database, the stored keys in the key store."""

from __future__ import annotations

import django.utils.timezone
from django.db import migrations, models

import caracol.vault.models


class Migration(migrations.Migration):
    """Make both tables, each where the router says it belongs."""

    initial = True

    dependencies = ()

    operations = (
        migrations.CreateModel(
            name="Destruction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token", models.CharField(max_length=64, unique=True)),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="StoredKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token", models.CharField(max_length=64, unique=True)),
                ("key", models.BinaryField(max_length=32)),
                ("made_on", models.DateField(db_index=True, default=caracol.vault.models.today)),
            ],
        ),
    )
