from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('union', '0013_make_room_for_rule_4'),
    ]

    operations = [
        migrations.AddField(
            model_name='pairdecision',
            name='rule_version',
            field=models.SmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='pairdecision',
            name='score',
            field=models.FloatField(null=True),
        ),
        migrations.AddField(
            model_name='pairdecision',
            name='levels',
            field=models.TextField(blank=True, default='', help_text='how each feature came out, as scoring writes it'),
            preserve_default=False,
        ),
    ]
