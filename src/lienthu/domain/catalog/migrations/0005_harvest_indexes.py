"""One index for each kind of set, in the order of harvesting."""

from django.db import migrations, models


def index(name, *fields, **more):
    return migrations.AddIndex('bibrecord', models.Index(
        fields=[*fields, 'datestamp', 'id'], condition=models.Q(**more, exposed=True), name=name))


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0004_fill_sets'),
    ]

    operations = [
        index('record_harvest'),
        index('record_harvest_library', 'library'),
        index('record_harvest_type', 'material_type'),
        index('record_harvest_local', local_history=True),
        index('record_harvest_children', children=True),
        index('record_harvest_origin', 'origin'),
    ]
