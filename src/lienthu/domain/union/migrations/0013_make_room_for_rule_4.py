from typing import Any

from django.db import migrations

_TABLES = ("union_ruleversion", "union_rerun", "union_membership", "union_edge", "union_trialedge", "union_trialgroup")


def make_room(apps: Any, schema_editor: Any) -> None:
    """Give a rule that people wrote down as version 4 the next free number: 4 is that of the release now.

    Where the rule of an earlier release was put back in force, the rule of this one follows it: nobody wrote it.
    """
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "UPDATE union_ruleversion SET status = 'retired' WHERE status = 'active' AND version < 4 AND created_by = ''"
        )
        cursor.execute("SELECT max(version), bool_or(version = 4) FROM union_ruleversion WHERE created_by <> ''")
        last, taken = cursor.fetchone()
        if not taken:
            return
        for table in _TABLES:
            column = "version" if table == "union_ruleversion" else "rule_version"
            cursor.execute(f"UPDATE {table} SET {column} = %s WHERE {column} = 4", [last + 1])
        cursor.execute(
            "UPDATE union_ruleversion SET rule = jsonb_set(rule, '{version}', to_jsonb(version::int)) WHERE version = %s",
            [last + 1],
        )


class Migration(migrations.Migration):

    dependencies = [
        ('union', '0012_make_room_for_rule_3'),
    ]

    operations = [migrations.RunPython(make_room, migrations.RunPython.noop)]
