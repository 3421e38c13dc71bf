from typing import Any

from django.db import migrations

_TABLES = ("union_ruleversion", "union_rerun", "union_membership", "union_edge", "union_trialedge", "union_trialgroup")


def make_room(apps: Any, schema_editor: Any) -> None:
    """Give a rule that people wrote down as version 3 the next free number: 3 is that of the release now."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT max(version), bool_or(version = 3) FROM union_ruleversion")
        last, taken = cursor.fetchone()
        if not taken:
            return
        for table in _TABLES:
            column = "version" if table == "union_ruleversion" else "rule_version"
            cursor.execute(f"UPDATE {table} SET {column} = %s WHERE {column} = 3", [last + 1])
        cursor.execute(
            "UPDATE union_ruleversion SET rule = jsonb_set(rule, '{version}', to_jsonb(version::int)) WHERE version = %s",
            [last + 1],
        )


class Migration(migrations.Migration):

    dependencies = [
        ('union', '0011_quality'),
    ]

    operations = [migrations.RunPython(make_room, migrations.RunPython.noop)]
