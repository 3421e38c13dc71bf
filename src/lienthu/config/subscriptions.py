"""Who listens to which news of the change feed. The one table of its kind."""

from __future__ import annotations

from collections.abc import Mapping

# topic -> consumers; each consumer drains its own rows at its own pace
SUBSCRIPTIONS: Mapping[str, tuple[str, ...]] = {
    "cluster.changed": ("discovery", "union.harvest"),
    "authority.changed": ("discovery.authorities", "union.names"),
    "record.headings": ("discovery.headings", "union.headings"),
    "library.changed": ("discovery.libraries", "discovery.houses"),
    "digital.object": ("discovery.volumes", "digital.preservation"),
    "digital.page": ("discovery.pages", "digital.preservation_pages"),
    "digital.page_of_act": ("discovery.pages",),  # the store hears of its object by the same act
    "digital.restricted": ("digital.preservation_restricted",),
    "digital.audiences": ("discovery.volumes",),
    "library.closedness": ("catalog.closedness",),
}
