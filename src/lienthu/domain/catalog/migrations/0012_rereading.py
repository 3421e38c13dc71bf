from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0011_authorities'),
    ]

    operations = [
        migrations.CreateModel(
            name='Rereading',
            fields=[
                ('version', models.IntegerField(primary_key=True, serialize=False)),
                ('after', models.BigIntegerField(default=0, help_text='records up to this number are done')),
                ('changed', models.BigIntegerField(default=0)),
                ('finished_at', models.DateTimeField(null=True)),
            ],
        ),
    ]
