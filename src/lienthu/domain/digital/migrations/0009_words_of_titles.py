import django.contrib.postgres.indexes
from django.db import migrations

import lienthu.domain.digital.models.searching
from lienthu.domain.digital.models.searching import title_words

AT_ONCE = 5000


def fill(apps, schema_editor):
    """The words of the titles that are there, a part at a time."""
    last = 0
    with schema_editor.connection.cursor() as cursor:
        while True:
            cursor.execute(
                "SELECT id, title FROM digital_digitalobject WHERE id > %s ORDER BY id LIMIT %s", [last, AT_ONCE]
            )
            rows = cursor.fetchall()
            if not rows:
                return
            last = rows[-1][0]
            cursor.execute(
                "UPDATE digital_digitalobject AS o SET title_words = given.words::tsvector"
                " FROM unnest(%s::bigint[], %s::text[]) AS given(id, words) WHERE o.id = given.id",
                [[pk for pk, _title in rows], [title_words(title) for _pk, title in rows]],
            )


class Migration(migrations.Migration):

    dependencies = [
        ('digital', '0008_left_out'),
    ]

    operations = [
        migrations.AddField(
            model_name='digitalobject',
            name='title_words',
            field=lienthu.domain.digital.models.searching.TitleWords(default='', editable=False, null=False),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name='digitalobject',
            index=django.contrib.postgres.indexes.GinIndex(fields=['title_words'], name='object_title_words'),
        ),
    ]
