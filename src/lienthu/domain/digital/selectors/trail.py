"""Who did what to an object, and of which acts somebody may not know. Rule RGT-18."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, F, Model, Q, QuerySet
from django.db.models.functions import Cast

from lienthu.domain.digital.models import Collection, DigitalObject, Erasure, Project
from lienthu.domain.digital.policy import Reader
from lienthu.domain.digital.selectors.shelves import houses_of
from lienthu.domain.network.selectors.libraries import closed_library_ids
from lienthu.platform.models import AuditEntry


def trail_of(obj: DigitalObject, *, limit: int = 50) -> list[AuditEntry]:
    """The audit trail of an object, newest first."""
    rows = AuditEntry.objects.filter(object_type="digital.digitalobject", object_id=str(obj.pk))
    return list(rows.order_by("-id")[:limit])


def acts_hidden_from(reader: Reader) -> Q:
    """The entries of the audit trail that would tell this reader of what is hidden (RGT-3, RGT-18).

    Every act of the digital room in a closed library, and every act on a closed collection, its projects and its
    objects, those that were erased included. One query; the rest is part of the query that reads the trail.
    """
    houses = houses_of(reader)
    hidden = Q(action__startswith="digital.", library_id__in=closed_library_ids() - houses)
    objects = DigitalObject.objects.filter(collection__closed=True).exclude(library_id__in=houses)
    hidden |= _of(DigitalObject, _keys(objects))
    hidden |= _of(Project, _keys(Project.objects.filter(collection__closed=True).exclude(library_id__in=houses)))
    hidden |= _of(Collection, _keys(Collection._default_manager.filter(closed=True).exclude(library_id__in=houses)))
    erased = Erasure.objects.filter(facts__closed=True, object_key__isnull=False).exclude(library_id__in=houses)
    return hidden | _of(DigitalObject, _keys(erased, "object_key"))


def _of(model: type[Model], keys: QuerySet[Any, str]) -> Q:
    return Q(object_type=model._meta.label_lower, object_id__in=keys)


def _keys(rows: QuerySet[Any], column: str = "pk") -> QuerySet[Any, str]:
    """As the audit trail writes them."""
    keys: QuerySet[Any, str] = rows.order_by().annotate(key=Cast(F(column), CharField())).values_list("key", flat=True)
    return keys
