"""A column by which rows are found by the beginnings of the words in their title, however these are marked (WFL-24)."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.sql.compiler import SQLCompiler

from lienthu.foundation.vietnamese.fold import fold
from lienthu.foundation.vietnamese.tokens import folded_key, folded_tokens, tokenise


def _lexeme(word: str) -> str:
    """As PostgreSQL reads it, whatever stands in it."""
    doubled = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{doubled}'"


def title_words(title: str) -> str:
    """The folded words of a title as PostgreSQL reads a tsvector: no configuration and no dictionary comes between."""
    return " ".join(_lexeme(word) for word in dict.fromkeys(folded_tokens(title)) if word)


class TitleWords(SearchVectorField):  # type: ignore[type-arg]  # it takes none when it runs
    """Follows the column ``title`` by itself: with every save, in bulk too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.update(editable=False, default="")
        super().__init__(*args, **kwargs)

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        """The words of the title as it is now."""
        words = title_words(getattr(model_instance, "title"))  # noqa: B009 -- a field knows no model
        setattr(model_instance, self.attname, words)
        return words


@TitleWords.register_lookup
class Begun(models.Lookup):
    """``title_words__begun``: every word that was typed is the beginning of one in the title."""

    lookup_name = "begun"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[str | int, ...]]:
        left, params = self.process_lhs(compiler, connection)
        typed = [token.text for token in tokenise(str(self.rhs))][:8]
        # "ky" may be a word, whose key is "ki", or the beginning of another
        keys = [sorted({folded_key(word), fold(word)} - {""}) for word in typed]
        each = [" | ".join(f"{_lexeme(key)}:*" for key in one) for one in keys if one]
        if not each:
            return "false", ()  # nothing that was typed is a word: no title has it
        return f"{left} @@ %s::tsquery", (*params, " & ".join(f"({one})" for one in each))
