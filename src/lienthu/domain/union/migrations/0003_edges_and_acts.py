"""Tables of edges, acts and history; what they take over from earlier columns follows in 0004."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("catalog", "0002_derived_without_constraints"),
        ("union", "0002_derived_without_constraints"),
    ]

    operations = [
        migrations.CreateModel(
            name="Act",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("actor_name", models.CharField(max_length=120)),
                ("actor_id", models.BigIntegerField(null=True)),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("note", models.TextField(blank=True)),
                ("moves", models.JSONField(default=list, help_text="addresses that changed their bearer: [address, from, to]")),
                ("reverts", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="reverted_by", to="union.act")),
            ],
        ),
        migrations.CreateModel(
            name="ClusterEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("kind", models.CharField(choices=[("merged", "merged"), ("split", "split"), ("moved", "moved")], max_length=10)),
                ("cause", models.CharField(help_text="import, act, revert or rule", max_length=10)),
                ("cluster_id", models.BigIntegerField(help_text="where the records are now")),
                ("other_id", models.BigIntegerField(help_text="where they were")),
                ("records", models.JSONField(default=list, help_text="ids, at most fifty")),
                ("count", models.IntegerField()),
                ("act", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="events", to="union.act")),
            ],
            options={
                "indexes": [
                    models.Index(fields=["cluster_id", "-id"], name="event_of_cluster"),
                    models.Index(fields=["other_id", "-id"], name="event_of_former"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Edge",
            fields=[
                ("pk", models.CompositePrimaryKey("left_id", "right_id", blank=True, editable=False, primary_key=True, serialize=False)),
                ("left", models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="catalog.bibrecord")),
                ("right", models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="catalog.bibrecord")),
                ("score", models.FloatField()),
                ("verdict", models.CharField(choices=[("same", "the same"), ("review", "doubtful")], max_length=8)),
                ("blocked", models.BooleanField(default=False, help_text="the same by the rule, yet in two clusters (CLU-4)")),
                ("levels", models.TextField(help_text="how each feature came out, as scoring writes it")),
                ("rule_version", models.SmallIntegerField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("verdict", "review"), ("blocked", True), _connector="OR"),
                        fields=["score", "left", "right"],
                        name="edge_to_review",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="cluster",
            name="bearer_id",
            field=models.BigIntegerField(db_index=True, help_text="the record that bears this address", null=True),
        ),
        migrations.AddField(
            model_name="cluster",
            name="contested",
            field=models.BooleanField(default=False, help_text="links lead out of it, or people decided on members: formed anew as a whole (CLU-6)"),
        ),
        migrations.AddField(
            model_name="pairdecision",
            name="verdict",
            field=models.CharField(choices=[("same", "the same"), ("different", "different"), ("later", "decide later")], default="same", max_length=10),
        ),
        migrations.AddField(
            model_name="pairdecision",
            name="act",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="union.act"),
        ),
        migrations.AddField(
            model_name="pairdecision",
            name="restored_by",
            field=models.ForeignKey(help_text="the revert that put it back", null=True, on_delete=django.db.models.deletion.PROTECT, related_name="restored", to="union.act"),
        ),
        migrations.AddField(
            model_name="pairdecision",
            name="withdrawn_by",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="withdrawn", to="union.act"),
        ),
    ]
