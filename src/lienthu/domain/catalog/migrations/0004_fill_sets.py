"""Which sets the records that are there belong to, piece by piece: it can be interrupted and begins again."""

from django.db import migrations

_PIECE = 2000


def fill(apps, schema_editor):
    from lienthu.domain.catalog.collections import is_local_history
    from lienthu.foundation.marc.describe import describe
    from lienthu.foundation.marc.normalise import from_canonical

    after = 0
    while True:
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(
                "SELECT r.id, v.marc FROM (SELECT id, revision FROM catalog_bibrecord WHERE id > %s ORDER BY id LIMIT %s)"
                " r JOIN catalog_revision v ON v.record_id = r.id AND v.number = r.revision ORDER BY r.id",
                [after, _PIECE],
            )
            rows = cursor.fetchall()
            if not rows:
                return
            described = [(record_id, describe(from_canonical(marc))) for record_id, marc in rows]
            cursor.execute(
                "UPDATE catalog_bibrecord r SET material_type = n.kind, local_history = n.local, children = n.children,"
                " exposed = NOT r.deleted AND NOT l.closed"
                " FROM unnest(%s::bigint[], %s::text[], %s::boolean[], %s::boolean[]) AS n(id, kind, local, children),"
                " network_library l WHERE r.id = n.id AND l.id = r.library_id",
                [
                    [record_id for record_id, _ in described],
                    [d.material_type for _, d in described],
                    [is_local_history(d) for _, d in described],
                    [d.audience_children for _, d in described],
                ],
            )
        after = rows[-1][0]


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('catalog', '0003_told_to_harvesters'),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
