from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = ()

    operations = (
        migrations.CreateModel(
            name="Bucket",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=64, unique=True)),
                ("full_at", models.BigIntegerField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="HourSecret",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("hour", models.BigIntegerField(unique=True)),
                ("secret", models.BinaryField(max_length=32)),
            ],
        ),
    )
