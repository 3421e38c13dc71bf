"""The one crosswalk from a MARC 21 record to the values the platform shows, matches and searches."""

from lienthu.foundation.marc.describe.crosswalk import describe, describe_canonical
from lienthu.foundation.marc.describe.values import MATERIAL_TYPES, Description, Host, Link, Person

__all__ = ["MATERIAL_TYPES", "Description", "Host", "Link", "Person", "describe", "describe_canonical"]
