"""Rows as JSON values and back: every column of a table, so that a new one is kept without anybody thinking of it.

Surrogate keys mean nothing in another database: what a row points at is told by name, and found by name again.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, TypeVar

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import models, router

from lienthu.domain.catalog.models import BibRecord
from lienthu.domain.catalog.selectors import record_by_name, record_name
from lienthu.domain.digital.models import Collection as CollectionRow
from lienthu.domain.digital.models import Project, RightsRecord
from lienthu.domain.network.models import Library
from lienthu.domain.network.selectors import library_facts

Told = dict[str, Any]
_Row = TypeVar("_Row", bound=models.Model)
_CHUNK: Final = 500


class CannotRestore(Exception):
    """What the store tells cannot be a row here. ``reason`` is stable, ``said`` names what is missing or wrong."""

    def __init__(self, reason: str, said: str) -> None:
        super().__init__(reason, said)
        self.reason, self.said = reason, said

    def __str__(self) -> str:
        return f"{self.reason}: {self.said}"


class Names:
    """Names of the rows that others point at, in both directions; read once for a run."""

    def __init__(self) -> None:
        self._libraries = {facts.id: facts.code for facts in library_facts().values()}
        self._library_ids = {code: pk for pk, code in self._libraries.items()}

    def library(self, pk: int) -> str:
        """The code of a library."""
        return self._libraries[pk]

    def library_id(self, code: str) -> int:
        """The library of that code. Raises CannotRestore."""
        if code not in self._library_ids:
            raise CannotRestore("library-missing", code)
        return self._library_ids[code]

    def name_of(self, model: type[models.Model], pk: Any) -> Any:
        """What a row of another room is called."""
        return None if pk is None else _lookup(model, _NAMES)(self, pk)

    def pk_of(self, model: type[models.Model], name: Any) -> Any:
        """The row of that name; None where it is gone and need not be there. Raises CannotRestore."""
        return None if name is None else _lookup(model, _KEYS)(self, name)


def _lookup(model: type[models.Model], table: Mapping[type[models.Model], Callable[[Names, Any], Any]]) -> Any:
    if model not in table:
        raise TypeError(f"rows.py does not know what a {model.__name__} is called")
    return table[model]


def _account(names: Names, pk: int) -> str:
    return str(get_user_model().objects.values_list("username", flat=True).get(pk=pk))


def _account_id(names: Names, name: str) -> int | None:
    return get_user_model().objects.filter(username=name).values_list("pk", flat=True).first()


def _own(model: type[models.Model]) -> Callable[[Names, Any], Any]:
    return lambda names, pk: model._default_manager.values_list("code", flat=True).get(pk=pk)


def _own_id(model: type[models.Model]) -> Callable[[Names, Any], Any]:
    def find(names: Names, code: str) -> Any:
        pk = model._default_manager.filter(code=code).values_list("pk", flat=True).first()
        if pk is None:
            raise CannotRestore(f"{model._meta.model_name}-missing", code)
        return pk

    return find


_NAMES: Final[dict[type[models.Model], Callable[[Names, Any], Any]]] = {
    Library: lambda names, pk: names.library(pk),
    BibRecord: lambda names, pk: record_name(pk),
    get_user_model(): _account,
    CollectionRow: _own(CollectionRow),
    Project: _own(Project),
}
_KEYS: Final[dict[type[models.Model], Callable[[Names, Any], Any]]] = {
    Library: lambda names, code: names.library_id(code),
    BibRecord: lambda names, name: record_by_name(name),
    get_user_model(): _account_id,
    CollectionRow: _own_id(CollectionRow),
    Project: _own_id(Project),
}


def tell(row: models.Model, names: Names, *, without: Collection[str] = ()) -> Told:
    """A row as JSON values: every column but the surrogate key and those left out."""
    told: Told = {}
    for field in row._meta.concrete_fields:
        if field.primary_key or field.name in without:
            continue
        value = getattr(row, field.attname)
        if field.is_relation:
            told[field.name] = names.name_of(_target(field), value)
        else:
            told[field.name] = _plain(value)
    if isinstance(row, RightsRecord):
        told["premises"] = [names.library(pk) for pk in row.premises]
    return told


def make(model: type[_Row], told: Mapping[str, Any], names: Names, **given: Any) -> _Row:
    """An unsaved row of what was told; ``given`` columns are taken from the caller. Raises CannotRestore.

    A column that was not told (it is younger than the telling) has its default.
    """
    values: dict[str, Any] = dict(given)
    for field in model._meta.concrete_fields:
        if field.primary_key or field.name in given or field.attname in given or field.name not in told:
            continue
        value = told[field.name]
        if field.is_relation:
            values[field.attname] = names.pk_of(_target(field), value)
        else:
            values[field.attname] = _typed(field, value)
    if model is RightsRecord:
        values["premises"] = [names.library_id(code) for code in told["premises"]]
    return model(**values)


def put(rows: Sequence[_Row]) -> Sequence[_Row]:
    """Insert rows as they are, times included, and give them their keys: no default, no ``auto_now`` comes between."""
    if not rows:
        return rows
    model = type(rows[0])
    fields = [f for f in model._meta.concrete_fields if not f.primary_key or f.is_relation]
    returning = [model._meta.pk] if model._meta.pk not in fields else []
    using = router.db_for_write(model)
    for start in range(0, len(rows), _CHUNK):
        chunk = rows[start : start + _CHUNK]
        # bulk_create would set the times of today: this is what it calls, told to take the values as they are
        keys = model._base_manager._insert(  # type: ignore[attr-defined]  # private, so the stubs leave it out
            chunk, fields=fields, returning_fields=returning, using=using, raw=True
        )
        for row, key in zip(chunk, keys or (), strict=False):
            row.pk = key[0]
            row._state.adding, row._state.db = False, using
    return rows


def ordered(rows: Iterable[_Row], names: Names, *, without: Collection[str]) -> list[Told]:
    """Rows told one after the other."""
    return [tell(row, names, without=without) for row in rows]


def _target(field: Any) -> type[models.Model]:
    target: type[models.Model] = field.related_model
    return target


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    return value


def _typed(field: Any, value: Any) -> Any:
    """The value as the column holds it; what cannot be there is refused before the database is asked."""
    try:
        typed = field.to_python(value) if value is not None else None
    except (ValidationError, TypeError, ValueError) as e:
        raise CannotRestore("value-wrong", f"{field.model.__name__}.{field.name}") from e
    longest = getattr(field, "max_length", None)
    too_long = isinstance(typed, str) and longest is not None and len(typed) > longest
    unknown = bool(field.choices) and typed not in {choice for choice, _ in field.flatchoices}
    if too_long or unknown or (typed is None and not field.null):
        raise CannotRestore("value-wrong", f"{field.model.__name__}.{field.name}")
    return typed
