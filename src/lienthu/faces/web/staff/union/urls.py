"""Addresses of the staff screens of the union."""

from __future__ import annotations

from django.urls import path

from lienthu.faces.web.staff.union.views import acts, cluster, review, rules, series, sources

app_name = "staff_union"
urlpatterns = [
    path("", review.review, name="review"),
    path("pairs/", review.pairs, name="pairs"),
    path("pairs/two/", review.two, name="two"),
    path("pairs/<int:left>-<int:right>/", review.pair, name="pair"),
    path("decide/", review.decide, name="decide"),
    path("undo/", review.undo, name="undo"),
    path("series/", series.series, name="series"),
    path("series/<slug:kind>/<int:left>-<int:right>/", series.group, name="series_group"),
    path("clusters/<int:pk>/", cluster.cluster, name="cluster"),
    path("clusters/<int:pk>/split/", cluster.split, name="split"),
    path("clusters/<int:pk>/merge/", cluster.merge, name="merge"),
    path("pairs/<int:left>-<int:right>/why/", cluster.why, name="why"),
    path("decisions/", acts.acts, name="acts"),
    path("decisions/<int:pk>/", acts.act, name="act"),
    path("decisions/<int:pk>/revert/", acts.revert, name="act_revert"),
    path("sources/", sources.sources, name="sources"),
    path("sources/<slug:group>/", sources.rank, name="source_rank"),
    path("rules/", rules.rules, name="rules"),
    path("rules/new/", rules.new, name="rule_new"),
    path("rules/<int:version>/", rules.rule, name="rule"),
    path("rules/<int:version>/try/", rules.try_out, name="rule_try"),
    path("rules/<int:version>/switch-on/", rules.switch, name="rule_switch"),
    path("rules/<int:version>/drop/", rules.drop, name="rule_drop"),
]
