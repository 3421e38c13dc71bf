"""When publications last changed; those that are there count as changed now."""

import django.db.models.deletion
from django.db import migrations, models

_FILL = """
    INSERT INTO union_publicationstamp (cluster_id, datestamp, deleted)
    SELECT DISTINCT m.cluster_id, date_trunc('second', now()), false
    FROM union_membership m JOIN catalog_bibrecord r ON r.id = m.record_id
    JOIN network_library l ON l.id = r.library_id WHERE NOT r.deleted AND NOT l.closed
"""


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0008_harvest_index_of_all'),
        ('union', '0005_harvesting'),
    ]

    operations = [
        migrations.CreateModel(
            name='PublicationStamp',
            fields=[
                ('cluster', models.OneToOneField(
                    db_constraint=False, on_delete=django.db.models.deletion.CASCADE, primary_key=True,
                    related_name='stamp', serialize=False, to='union.cluster')),
                ('datestamp', models.DateTimeField()),
                ('deleted', models.BooleanField(default=False)),
            ],
            options={'indexes': [models.Index(fields=['datestamp', 'cluster'], name='publication_harvest')]},
        ),
        migrations.RunSQL(_FILL, migrations.RunSQL.noop),
    ]
