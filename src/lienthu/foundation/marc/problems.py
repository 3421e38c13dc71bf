"""What can be wrong with a MARC record or file, under stable names that reports, counts and translations
use.
"""

from __future__ import annotations

from typing import Final, NamedTuple

PROBLEMS: Final[dict[str, str]] = {
    # between records (split)
    "stray-bytes": "Bytes that belong to no record stood before this record.",
    "missing-terminator": "The record terminator (hexadecimal 1D) was missing.",
    "oversized": "No end of record was found within the largest size allowed; the bytes were cut there.",
    # a record as a whole (ISO 2709)
    "too-short": "The bytes are too few to be a MARC record.",
    "not-marc": "The bytes are not a MARC record.",
    "no-directory": "The record has no directory that can be read.",
    "no-fields": "The record has no field that can be read.",
    "truncated": "The end of the record is missing; the fields before it were kept.",
    "truncated-beyond-use": "The record is cut off before any title field.",
    "record-length": "The record length in the leader was wrong.",
    "leader-characters": "The leader held characters that are not allowed there.",
    "leader-length": "The leader did not have 24 characters.",
    "leader-type": "The type of record in the leader was missing; language material was assumed.",
    "entry-map": "The entry map in the leader was not 4500.",
    # directory
    "base-address": "The base address of data in the leader was wrong.",
    "directory-length": "The length of the directory was not a multiple of twelve.",
    "directory-characters": "The directory held characters that are not digits.",
    "directory-lengths": "Lengths or positions in the directory were wrong; the fields were read in order.",
    "characters-for-bytes": "The directory counted characters, not bytes; the fields were read in order.",
    "entry-without-field": "The directory named a field that is not in the record.",
    "field-without-entry": "A field without a directory entry was kept under the tag XXX.",
    "field-terminator": "A field terminator (hexadecimal 1E) was missing.",
    # fields
    "bad-tag": "A tag was not three digits or letters; the field was kept under the tag XXX.",
    "bad-indicator": "An indicator was not one printable character; it was set to blank.",
    "missing-indicators": "A field had fewer than two indicators; blanks were added.",
    "no-subfields": "A data field had no subfields; its text was kept as subfield a.",
    "missing-delimiter": "Text stood before the first subfield delimiter; it was kept as a subfield.",
    "bad-subfield-code": "A subfield code was not a printable character; its text was kept as subfield a.",
    "empty-subfield": "A subfield delimiter was followed by nothing.",
    "control-field-subfields": "A control field held subfields; their text was kept.",
    "terminator-in-data": "A record or field terminator stood in the text; it was replaced by a blank.",
    "nul-bytes": "NUL bytes were removed.",
    "undecodable": "Bytes that the character set does not have were replaced by U+FFFD.",
    # MARCXML
    "xml-entities": "The file declares XML entities; such files are refused.",
    "xml-malformed": "The XML of this record is not well formed.",
    "xml-ampersand": "An ampersand that was not escaped was read as text.",
    "xml-characters": "Characters that XML forbids were removed.",
    "xml-named-entity": "A named HTML entity was read as its character.",
    "xml-encoding": "The text was not in the encoding that the file declares.",
    "xml-shape": "An element that MARCXML does not have stood in the record and was left out.",
    "xml-not-marc": "The record element holds no MARC fields; it is in another format than MARCXML.",
    "xml-text": "Text stood outside of the subfields of a field; it was kept as subfield a.",
    "xml-unclosed": "The record element is not closed.",
    "no-records": "The file holds no MARC records.",
    # OAI-PMH
    "oai-header": "The header of the harvested record has no identifier.",
    "oai-no-metadata": "The harvested record came without metadata and without being marked as deleted.",
    "oai-metadata": "The metadata of the harvested record are neither MARCXML nor Dublin Core.",
    # MARC-in-JSON
    "json-malformed": "The JSON of this record is not well formed.",
    "json-shape": "The JSON is not a MARC-in-JSON record.",
    "json-repeated-name": "A name stood more than once in a JSON object; the fields and subfields were all kept.",
    "json-value": "A value that should be text was not; it was read as text.",
    # content (validate)
    "no-title": "The record has no title (field 245).",
    "repeated-title": "Field 245 occurs more than once.",
    "empty-title": "Field 245 has none of the subfields that make a title.",
    "repeated-main-entry": "More than one main entry (fields 100, 110, 111, 130).",
    "no-control-number": "The record has no control number (field 001).",
    "repeated-control-field": "A control field that may occur once occurs more often.",
    "record-type": "The type of record (leader/06) is not one of MARC 21.",
    "bibliographic-level": "The bibliographic level (leader/07) is not one of MARC 21.",
    "no-008": "The record has no field 008.",
    "008-length": "Field 008 does not have 40 characters.",
    "008-date": "The date of publication in field 008 is not a date.",
    "impossible-date": "A date of publication cannot be true: in the future, too early, or ending before it begins.",
    "008-language": "The language in field 008 is not a three-letter code.",
    "indicator-value": "An indicator has a value that the field does not have.",
    "nonfiling": "The number of nonfiling characters is larger than the title is long.",
    "isbn": "An ISBN has a wrong check digit or length.",
    "issn": "An ISSN has a wrong check digit or length.",
    "linkage": "A field 880 has no linkage in subfield 6.",
    "unknown-tag": "A field has no usable tag.",
    "no-heading": "The authority record has no heading (field 1XX).",
    # tables (CSV, XLSX)
    "formula-without-value": "A cell holds a formula without a stored value; open and save the workbook once.",
    "cell-error": "A cell holds an error value of the spreadsheet; it was left out.",
    "digits-lost": "A long number was kept by the spreadsheet with digits lost.",
    "copies-differ": "The number of copies and the number of barcodes differ.",
    "extra-cells": "A row has more cells than there are headings.",
    "unbalanced-quotes": "The quotation marks of the row do not pair up; those left over were read as text.",
    "headings-again": "The row repeats the headings of the columns; the rows below it were read by them.",
    "above-headings": "The row stands above the headings of the columns and was not read as part of the list.",
    "sheet-not-read": "A sheet was not read: it is hidden or has other columns. Hand it over as a file of its own.",
    "second-value": "Two columns were chosen for what a record has only once; the second value was kept as a note.",
    # a record among others (import)
    "encoding-label": "The record names another character set than its bytes are in; the bytes were believed.",
    "repeated-control-number": "The control number came more than once in the file; the later record counts.",
    "barcode-taken": "Another copy of the library already has this barcode; the copy was kept and marked.",
    # a file as a whole
    "empty-file": "The file is empty.",
    "unknown-format": "The file is in no format that can be imported.",
    "lost-characters": "The text holds U+FFFD: characters were lost before or during the import.",
}
"""Every code with an English sentence. Codes never change their meaning; new ones may be added."""


DETAILS: Final[dict[str, str]] = {
    "row": "row {0}",
    "sheet-row": "sheet {0}, row {1}",
    "sheet-rows": "sheet {0}: {1} rows",
    "row-column": "row {0}, column {1}",
    "row-column-value": "row {0}, column {1}: {2}",
    "cells-headings": "{0} cells below {1} headings",
    "copies-one-row": "{0} copies in one row",
    "copies-barcodes": "{0} copies, {1} barcodes",
    "kept-list": "page of a kept list",
    "not-utf-8": "not UTF-8",
    "values-first": "{0} values, first {1}",
    "encoding-unknown": "unknown: {0}",
    "encoding-is-utf-8": "declared {0}, is UTF-8",
    "encoding-is-not": "declared {0}, is not",
    "bytes-at": "{0} bytes at {1}: {2}",
    "two-in-one": "two records in one",
    "cut-at": "cut at {0} bytes",
    "part-of": "{0} of {1}",
    "bytes-of": "{0} of {1} bytes",
    "read-as": "{0} read as {1}",
    "last-field": "the last field",
    "directory": "the directory",
    "ends-with": "ends with {0}",
    "instead-of": "{0} instead of {1}",
    "fields": "{0} fields",
    "entries-fields": "{0} entries, {1} fields",
    "leader-bytes": "leader: {0}, bytes: {1}",
}
"""What was seen, where it takes words: a code and what stands in its places. Kept apart, so that it can be said in
the reader's language."""

_BETWEEN: Final = "\x1f"


def seen(code: str, *params: object) -> str:
    """A detail in words, as it is kept: code and parameters. ``words_of`` takes it apart."""
    DETAILS[code].format(*params)
    return _BETWEEN.join((f"#{code}", *(str(p).replace(_BETWEEN, "␟") for p in params)))


def words_of(detail: str) -> tuple[str, tuple[str, ...]] | None:
    """Code and parameters of a detail in words; None for one that is itself what was seen (a tag, bytes, a number)."""
    if not detail.startswith("#"):
        return None
    code, *params = detail[1:].split(_BETWEEN)
    known = DETAILS.get(code)
    return (code, tuple(params)) if known is not None and known.count("{") == len(params) else None


def in_english(detail: str) -> str:
    """The detail for logs and the command line."""
    found = words_of(detail)
    return DETAILS[found[0]].format(*found[1]) if found else detail


class Problem(NamedTuple):
    """One observation: a code of ``PROBLEMS`` and what exactly was seen: tag, bytes, numbers as they are, or words made
    by ``seen``.
    """

    code: str
    detail: str = ""

    def __str__(self) -> str:
        sentence = PROBLEMS.get(self.code, self.code)
        return f"{sentence} ({in_english(self.detail)})" if self.detail else sentence


class Unreadable(Exception):
    """The bytes cannot be read as a record. ``problem`` says why; the bytes stay with the caller."""

    def __init__(self, code: str, detail: str = "") -> None:
        self.problem = Problem(code, detail)
        super().__init__(str(self.problem))


def shown(data: bytes, limit: int = 24) -> str:
    """The first bytes as printable ASCII with escapes, for the ``detail`` of a problem."""
    text = repr(data[:limit])[2:-1]
    return text + "…" if len(data) > limit else text
