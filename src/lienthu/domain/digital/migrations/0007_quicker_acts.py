import django.db.models.deletion
from django.db import migrations, models

# What an act remembers of its pages is written once and soon forgotten: compressing it cost more than it saved.
PLAIN = "ALTER TABLE digital_pageact ALTER COLUMN before SET STORAGE EXTERNAL"
PACKED = "ALTER TABLE digital_pageact ALTER COLUMN before SET STORAGE EXTENDED"

# Of a page that goes, PostgreSQL asks for each constraint whether another page of its number came (a deferred check) and
# then whether anything still points to it. Doing the right thing at once instead is half of the work, and no work is
# left behind where somebody deletes a page by hand.
ACTIONS = (
    ("digital_pagework", "CASCADE"),
    ("digital_pagetext", "CASCADE"),
    ("digital_section", "SET NULL"),
)


def _pointing(apps, schema_editor, actions):
    with schema_editor.connection.cursor() as cursor:
        for table, action in actions:
            cursor.execute(
                "SELECT conname FROM pg_constraint WHERE contype = 'f' AND conrelid = %s::regclass"
                " AND confrelid = 'digital_page'::regclass",
                [table],
            )
            (name,) = cursor.fetchone()
            cursor.execute(
                f'ALTER TABLE {table} DROP CONSTRAINT "{name}", ADD CONSTRAINT "{name}" FOREIGN KEY (page_id)'
                f" REFERENCES digital_page (id) {action} DEFERRABLE INITIALLY DEFERRED"
            )


def act(apps, schema_editor):
    _pointing(apps, schema_editor, [(table, f"ON DELETE {action}") for table, action in ACTIONS])


def ask(apps, schema_editor):
    _pointing(apps, schema_editor, [(table, "") for table, _action in ACTIONS])


class Migration(migrations.Migration):

    dependencies = [
        ('digital', '0006_following_and_erasing'),
    ]

    operations = [
        migrations.AlterField(
            model_name='pagework',
            name='object',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='work', to='digital.digitalobject'),
        ),
        migrations.RunSQL(PLAIN, PACKED),
        migrations.RunPython(act, ask),
    ]
