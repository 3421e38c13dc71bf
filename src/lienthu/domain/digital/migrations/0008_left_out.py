"""Uploads say which of their files became no pages."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("digital", "0007_quicker_acts")]

    operations = [
        migrations.AddField(
            model_name="delivery",
            name="left_out",
            field=models.JSONField(default=list, help_text="names and codes of files that are no pages (ING-9)"),
        )
    ]
