"""What can be wrong with a record or a file, in sentences for librarians: every code that an import may report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lienthu.foundation.marc.problems import words_of

Sentence = str | Promise

SENTENCES: Final[Mapping[str, Sentence]] = {
    "stray-bytes": _("Bytes that belong to no record stood before this record."),
    "missing-terminator": _("The record terminator (hexadecimal 1D) was missing."),
    "oversized": _("No end of record was found within the largest size allowed; the bytes were cut there."),
    "too-short": _("The bytes are too few to be a MARC record."),
    "not-marc": _("The bytes are not a MARC record."),
    "no-directory": _("The record has no directory that can be read."),
    "no-fields": _("The record has no field that can be read."),
    "truncated": _("The end of the record is missing; the fields before it were kept."),
    "truncated-beyond-use": _("The record is cut off before any title field."),
    "record-length": _("The record length in the leader was wrong."),
    "leader-characters": _("The leader held characters that are not allowed there."),
    "leader-length": _("The leader did not have 24 characters."),
    "leader-type": _("The type of record in the leader was missing; language material was assumed."),
    "entry-map": _("The entry map in the leader was not 4500."),
    "base-address": _("The base address of data in the leader was wrong."),
    "directory-length": _("The length of the directory was not a multiple of twelve."),
    "directory-characters": _("The directory held characters that are not digits."),
    "directory-lengths": _("Lengths or positions in the directory were wrong; the fields were read in order."),
    "characters-for-bytes": _("The directory counted characters, not bytes; the fields were read in order."),
    "entry-without-field": _("The directory named a field that is not in the record."),
    "field-without-entry": _("A field without a directory entry was kept under the tag XXX."),
    "field-terminator": _("A field terminator (hexadecimal 1E) was missing."),
    "bad-tag": _("A tag was not three digits or letters; the field was kept under the tag XXX."),
    "bad-indicator": _("An indicator was not one printable character; it was set to blank."),
    "missing-indicators": _("A field had fewer than two indicators; blanks were added."),
    "no-subfields": _("A data field had no subfields; its text was kept as subfield a."),
    "missing-delimiter": _("Text stood before the first subfield delimiter; it was kept as a subfield."),
    "bad-subfield-code": _("A subfield code was not a printable character; its text was kept as subfield a."),
    "empty-subfield": _("A subfield delimiter was followed by nothing."),
    "control-field-subfields": _("A control field held subfields; their text was kept."),
    "terminator-in-data": _("A record or field terminator stood in the text; it was replaced by a blank."),
    "nul-bytes": _("NUL bytes were removed."),
    "undecodable": _("Bytes that the character set does not have were replaced by U+FFFD."),
    "xml-entities": _("The file declares XML entities; such files are refused."),
    "xml-malformed": _("The XML of this record is not well formed."),
    "xml-ampersand": _("An ampersand that was not escaped was read as text."),
    "xml-characters": _("Characters that XML forbids were removed."),
    "xml-named-entity": _("A named HTML entity was read as its character."),
    "xml-encoding": _("The text was not in the encoding that the file declares."),
    "xml-shape": _("An element that MARCXML does not have stood in the record and was left out."),
    "xml-not-marc": _("The record element holds no MARC fields; it is in another format than MARCXML."),
    "xml-text": _("Text stood outside of the subfields of a field; it was kept as subfield a."),
    "xml-unclosed": _("The record element is not closed."),
    "no-records": _("The file holds no MARC records."),
    "oai-header": _("The header of the harvested record has no identifier."),
    "oai-no-metadata": _("The harvested record came without metadata and without being marked as deleted."),
    "oai-metadata": _("The metadata of the harvested record are neither MARCXML nor Dublin Core."),
    "json-malformed": _("The JSON of this record is not well formed."),
    "json-shape": _("The JSON is not a MARC-in-JSON record."),
    "json-repeated-name": _("A name stood more than once in a JSON object; the fields and subfields were all kept."),
    "json-value": _("A value that should be text was not; it was read as text."),
    "no-title": _("The record has no title (field 245)."),
    "repeated-title": _("Field 245 occurs more than once."),
    "empty-title": _("Field 245 has none of the subfields that make a title."),
    "repeated-main-entry": _("More than one main entry (fields 100, 110, 111, 130)."),
    "no-control-number": _("The record has no control number (field 001)."),
    "repeated-control-field": _("A control field that may occur once occurs more often."),
    "record-type": _("The type of record (leader/06) is not one of MARC 21."),
    "bibliographic-level": _("The bibliographic level (leader/07) is not one of MARC 21."),
    "no-008": _("The record has no field 008."),
    "008-length": _("Field 008 does not have 40 characters."),
    "008-date": _("The date of publication in field 008 is not a date."),
    "impossible-date": _("A date of publication cannot be true: in the future, too early, or ending before it begins."),
    "008-language": _("The language in field 008 is not a three-letter code."),
    "indicator-value": _("An indicator has a value that the field does not have."),
    "nonfiling": _("The number of nonfiling characters is larger than the title is long."),
    "isbn": _("An ISBN has a wrong check digit or length."),
    "issn": _("An ISSN has a wrong check digit or length."),
    "linkage": _("A field 880 has no linkage in subfield 6."),
    "unknown-tag": _("A field has no usable tag."),
    "no-heading": _("The authority record has no heading (field 1XX)."),
    "formula-without-value": _("A cell holds a formula without a stored value; open and save the workbook once."),
    "cell-error": _("A cell holds an error value of the spreadsheet; it was left out."),
    "digits-lost": _("A long number was kept by the spreadsheet with digits lost."),
    "copies-differ": _("The number of copies and the number of barcodes differ."),
    "extra-cells": _("A row has more cells than there are headings."),
    "unbalanced-quotes": _("The quotation marks of the row do not pair up; those left over were read as text."),
    "headings-again": _("The row repeats the headings of the columns; the rows below it were read by them."),
    "above-headings": _("The row stands above the headings of the columns and was not read as part of the list."),
    "sheet-not-read": _("A sheet was not read: it is hidden or has other columns. Hand it over as a file of its own."),
    "second-value": _("Two columns were chosen for what a record has only once; the second value was kept as a note."),
    "encoding-label": _("The record names another character set than its bytes are in; the bytes were believed."),
    "repeated-control-number": _("The control number came more than once in the file; the later record counts."),
    "barcode-taken": _("Another copy of the library already has this barcode; the copy was kept and marked."),
    "empty-file": _("The file is empty."),
    "unknown-format": _("The file is in no format that can be imported."),
    "lost-characters": _("The text holds U+FFFD: characters were lost before or during the import."),
    "unreadable": _("The bytes cannot be read as a record."),
}

REFUSED_TABLES: Final[Mapping[str, Sentence]] = {
    "not-a-workbook": _(
        "The file is damaged or is not an Excel workbook (.xlsx). Open it in the spreadsheet program and save it again."
    ),
    "encrypted": _(
        "The workbook has a password or is in the old .xls format. Save it without a password as .xlsx or .csv."
    ),
    "too-many-entries": _("The workbook holds far more parts than a list of books needs. It was not opened."),
    "too-large": _("Unpacked, the table is larger than what is opened. Divide it into several files."),
    "compression-ratio": _("The workbook is packed in a way that only harmful files are. It was not opened."),
    "document-type": _("The workbook holds XML declarations that only harmful files have. It was not opened."),
    "no-sheet": _("The workbook has no sheet that is visible."),
    "too-many-rows": _("The table has more rows than what is read at once. Divide it into several files."),
    "too-many-columns": _(
        "The table has more columns than a list of books can have. Check how the columns are separated."
    ),
    "row-too-large": _("A line of the table is longer than what is read. Check whether the quotation marks pair up."),
    "empty": _("The table holds no rows."),
}


def sentence(code: str) -> Sentence:
    """The sentence of a code; the code itself for one of a later version."""
    return SENTENCES.get(code, code)


DETAILS: Final[Mapping[str, Sentence]] = {
    "row": _("row {0}"),
    "sheet-row": _("sheet {0}, row {1}"),
    "sheet-rows": _("sheet {0}: {1} rows"),
    "row-column": _("row {0}, column {1}"),
    "row-column-value": _("row {0}, column {1}: {2}"),
    "cells-headings": _("{0} cells below {1} headings"),
    "copies-one-row": _("{0} copies in one row"),
    "copies-barcodes": _("{0} copies, {1} barcodes"),
    "kept-list": _("page of a kept list"),
    "not-utf-8": _("not UTF-8"),
    "values-first": _("{0} values, first {1}"),
    "encoding-unknown": _("unknown: {0}"),
    "encoding-is-utf-8": _("declared {0}, is UTF-8"),
    "encoding-is-not": _("declared {0}, is not"),
    "bytes-at": _("{0} bytes at {1}: {2}"),
    "two-in-one": _("two records in one"),
    "cut-at": _("cut at {0} bytes"),
    "part-of": _("{0} of {1}"),
    "bytes-of": _("{0} of {1} bytes"),
    "read-as": _("{0} read as {1}"),
    "last-field": _("the last field"),
    "directory": _("the directory"),
    "ends-with": _("ends with {0}"),
    "instead-of": _("{0} instead of {1}"),
    "fields": _("{0} fields"),
    "entries-fields": _("{0} entries, {1} fields"),
    "leader-bytes": _("leader: {0}, bytes: {1}"),
}


def detail_text(detail: str) -> str:
    """What was seen, in the reader's language where it takes words."""
    found = words_of(detail)
    return str(DETAILS[found[0]]).format(*found[1]) if found and found[0] in DETAILS else detail
