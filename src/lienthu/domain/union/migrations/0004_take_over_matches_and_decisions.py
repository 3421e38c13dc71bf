"""Matched pairs become edges, decisions acts of their own; every address is borne by its oldest record."""

import django.db.models.deletion
from django.db import migrations, models

_TAKE_OVER = [
    """
    INSERT INTO union_edge (left_id, right_id, score, verdict, blocked, levels, rule_version, created_at)
    SELECT DISTINCT ON (1, 2) least(record_id, matched_record_id), greatest(record_id, matched_record_id),
           coalesce(score, 0.5), 'same', false, '', rule_version, now()
    FROM union_membership WHERE matched_record_id IS NOT NULL ORDER BY 1, 2, score DESC NULLS LAST
    ON CONFLICT DO NOTHING
    """,
    """
    UPDATE union_cluster c SET bearer_id = first.record_id
    FROM (SELECT cluster_id, min(record_id) AS record_id FROM union_membership GROUP BY 1) first
    WHERE c.id = first.cluster_id AND c.bearer_id IS NULL
    """,
    # one act for what one person decided in the same transaction
    """
    WITH told AS (
        SELECT d.decided_by, d.decided_at, nextval('union_act_id_seq') AS id
        FROM (SELECT DISTINCT decided_by, decided_at FROM union_pairdecision WHERE act_id IS NULL) d
    ), acts AS (
        INSERT INTO union_act (id, kind, actor_name, at, note, moves)
        SELECT id, 'decide', decided_by, decided_at, '', '[]' FROM told
    )
    UPDATE union_pairdecision p SET act_id = told.id, verdict = CASE WHEN p.same THEN 'same' ELSE 'different' END
    FROM told WHERE p.act_id IS NULL AND p.decided_by = told.decided_by AND p.decided_at = told.decided_at
    """,
    """
    UPDATE union_cluster c SET contested = true FROM union_membership m, union_pairdecision p
    WHERE c.id = m.cluster_id AND m.record_id IN (p.left_id, p.right_id) AND NOT c.contested
    """,
    "SET CONSTRAINTS ALL IMMEDIATE",  # what waits to be checked would stop the changes of the tables
    "SET CONSTRAINTS ALL DEFERRED",
]
_GIVE_BACK = [
    "UPDATE union_pairdecision SET same = (verdict = 'same')",
    "SET CONSTRAINTS ALL IMMEDIATE",
    "SET CONSTRAINTS ALL DEFERRED",
]


class Migration(migrations.Migration):

    dependencies = [
        ("union", "0003_edges_and_acts"),
    ]

    operations = [
        migrations.AlterField("pairdecision", "same", models.BooleanField(default=False)),
        migrations.RunSQL(_TAKE_OVER, _GIVE_BACK),
        migrations.RemoveConstraint("pairdecision", "pair_decided_once"),
        migrations.RemoveField("pairdecision", "same"),
        migrations.AlterField(
            "pairdecision",
            "verdict",
            models.CharField(choices=[("same", "the same"), ("different", "different"), ("later", "decide later")], max_length=10),
        ),
        migrations.AlterField(
            "pairdecision",
            "act",
            models.ForeignKey(help_text="whose word it is", on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="union.act"),
        ),
        migrations.AlterField(
            "pairdecision",
            "left",
            models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="catalog.bibrecord"),
        ),
        migrations.AddIndex("pairdecision", models.Index(fields=["left", "right"], name="pair_decisions")),
        migrations.AddConstraint(
            "pairdecision",
            models.UniqueConstraint(condition=models.Q(("withdrawn_by", None)), fields=("left", "right"), name="pair_decision_stands_once"),
        ),
        migrations.RemoveField("membership", "matched_record_id"),
        migrations.RemoveField("membership", "score"),
        migrations.RemoveField("membership", "reasons"),
        migrations.AlterField(
            "membership", "rule_version", models.SmallIntegerField(help_text="the rule by which its edges were found")
        ),
    ]
