"""What is derived and rewritten in bulk carries no constraints (ADR 0005): these took 9 µs of each record imported."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0013_hosts_by_name"),
        ("union", "0014_what_the_rule_said"),
    ]

    operations = [
        migrations.AlterField(
            model_name="membership",
            name="cluster",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="members",
                to="union.cluster",
            ),
        ),
        migrations.AlterField(
            model_name="membership",
            name="record",
            field=models.OneToOneField(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                primary_key=True,
                related_name="membership",
                serialize=False,
                to="catalog.bibrecord",
            ),
        ),
    ]
