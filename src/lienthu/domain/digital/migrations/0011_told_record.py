"""The store follows the catalogue record: which revision of it METS tells."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("digital", "0010_collections_and_restrictions")]

    operations = [
        migrations.AddField(
            model_name="preservation",
            name="told_record",
            field=models.IntegerField(default=0, help_text="revision of the record that METS tells; 0: of none"),
        )
    ]
