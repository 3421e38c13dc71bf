"""Acts keep rows of pages instead of JSON, and leave the texts of removed pages where they are."""

import django.db.models.deletion
from django.db import migrations, models


# Acts are remembered in another way from now on: those of before cannot be undone any more.
FORGOTTEN = "TRUNCATE digital_shelvedtext, digital_pageact"

# An act writes every page of a volume anew. With room for that beside them only columns without an index change, and
# their indexes need not be written: a third of the time.
ROOM = "ALTER TABLE digital_page SET (fillfactor = 50)"
NO_ROOM = "ALTER TABLE digital_page RESET (fillfactor)"


class Migration(migrations.Migration):

    dependencies = [
        ('digital', '0011_told_record'),
    ]

    operations = [
        migrations.RunSQL(FORGOTTEN, migrations.RunSQL.noop),
        migrations.RunSQL(ROOM, NO_ROOM),
        migrations.RemoveField(
            model_name='pageact',
            name='before',
        ),
        migrations.AlterField(
            model_name='pagetext',
            name='page',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='texts', to='digital.page'),
        ),
        migrations.CreateModel(
            name='ShelvedPage',
            fields=[
                ('pk', models.CompositePrimaryKey('act_id', 'page_key', blank=True, editable=False, primary_key=True, serialize=False)),
                ('page_key', models.BigIntegerField(help_text='the id of the page, which one that was removed has again')),
                ('seq', models.IntegerField()),
                ('position', models.IntegerField()),
                ('file_id', models.BigIntegerField(null=True)),
                ('frame', models.IntegerField()),
                ('rotation', models.SmallIntegerField()),
                ('crop', models.JSONField(null=True)),
                ('label', models.CharField(blank=True, max_length=40)),
                ('numbering', models.CharField(max_length=12)),
                ('state', models.CharField(max_length=8)),
                ('problem', models.CharField(blank=True, max_length=300)),
                ('closed', models.BooleanField()),
                ('width', models.IntegerField()),
                ('height', models.IntegerField()),
                ('quality', models.JSONField()),
                ('version', models.IntegerField()),
                ('act', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='pages', to='digital.pageact')),
            ],
        ),
        migrations.DeleteModel(
            name='ShelvedText',
        ),
    ]
