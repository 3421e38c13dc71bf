"""What harvesters are told by: datestamp, sets, origin. Records that are there count as changed now."""

import django.db.models.deletion
from django.db import migrations, models
from django.utils import timezone


def this_second():
    return timezone.now().replace(microsecond=0)


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0002_derived_without_constraints'),
        ('network', '0001_initial'),
    ]

    operations = [
        migrations.AddField('bibrecord', 'datestamp', models.DateTimeField(
            default=this_second, help_text='when what the public sees of it last changed'), preserve_default=False),
        migrations.AddField('bibrecord', 'exposed', models.BooleanField(
            default=False, help_text='the public has, or could have, seen it at some time')),
        migrations.AddField('bibrecord', 'material_type', models.CharField(blank=True, max_length=20, default=''),
                            preserve_default=False),
        migrations.AddField('bibrecord', 'local_history', models.BooleanField(default=False)),
        migrations.AddField('bibrecord', 'children', models.BooleanField(default=False)),
        migrations.AddField('bibrecord', 'origin', models.IntegerField(
            default=0, help_text="0: the library's own; else the repository it was harvested from")),
        migrations.CreateModel(
            name='RecordOrigin',
            fields=[
                ('record', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True,
                                                related_name='came_from', serialize=False, to='catalog.bibrecord')),
                ('base_url', models.TextField()),
                ('identifier', models.TextField()),
                ('datestamp', models.CharField(max_length=40)),
                ('metadata_namespace', models.TextField(blank=True)),
                ('harvested_at', models.DateTimeField()),
                ('altered', models.BooleanField(default=True)),
                ('earlier', models.JSONField(
                    default=list, help_text='originDescriptions that came with it, outermost first')),
            ],
        ),
        migrations.CreateModel(
            name='Redating',
            fields=[
                ('library', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True,
                                                 related_name='+', serialize=False, to='network.library')),
                ('after', models.BigIntegerField(default=0, help_text='id of the last record done')),
            ],
        ),
        migrations.CreateModel(
            name='Repository',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(
                    help_text='repositoryIdentifier, lower case', max_length=255, unique=True)),
                ('own', models.BooleanField(default=False, help_text='this install has, or once had, this name')),
                ('current', models.BooleanField(default=False, help_text='our name now')),
                ('provisional', models.BooleanField(
                    default=False, help_text='made up because the install had no public address')),
                ('since', models.DateTimeField(auto_now_add=True)),
            ],
            options={'constraints': [
                models.UniqueConstraint(
                    condition=models.Q(('current', True)), fields=('current',), name='repository_one_name'),
                models.CheckConstraint(
                    condition=models.Q(('current', False), ('own', True), _connector='OR'),
                    name='repository_current_is_own'),
            ]},
        ),
    ]
