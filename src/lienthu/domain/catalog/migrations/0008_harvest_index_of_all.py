"""The index of everything serves harvests of everything only: a set is walked by its own."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0007_discarded_files'),
    ]

    operations = [
        migrations.RemoveIndex('bibrecord', 'record_harvest'),
        migrations.AddIndex('bibrecord', models.Index(
            fields=['datestamp', 'id'], condition=models.Q(exposed=True, id__gt=0), name='record_harvest_all')),
    ]
