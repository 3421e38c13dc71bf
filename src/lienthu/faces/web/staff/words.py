"""The words this face shows for the codes of the catalogue: formats, encodings, states, acts, fields, rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Label = str | Promise

FORMATS: Final[Mapping[str, Label]] = {
    "iso2709": "MARC 21 (ISO 2709)",
    "marcxml": "MARCXML",
    "oai": "OAI-PMH",
    "json": "MARC-in-JSON",
    "csv": _("Table (CSV)"),
    "xlsx": _("Excel workbook"),
}

EXPORTS: Final[Mapping[str, tuple[Label, Label]]] = {
    "iso2709": (
        "MARC 21 (ISO 2709, UTF-8)",
        _("What most library systems read. A record longer than 99,999 bytes does not fit."),
    ),
    "marcxml": ("MARCXML", _("Holds every record, however long. Larger, and read by all newer systems.")),
    "json": ("MARC-in-JSON", _("Holds every record. For programs and data work.")),
}

ENCODINGS: Final[Mapping[str, Label]] = {
    "utf-8": _("Unicode (UTF-8)"),
    "marc-8": _("MARC-8 (international MARC files)"),
    "tcvn3": _("TCVN3 (ABC fonts)"),
    "vni": _("VNI"),
    "viqr": _("VIQR (marks typed as signs)"),
    "viscii": "VISCII",
    "cp1258": _("Windows 1258"),
    "latin-1": _("Latin-1 (Western Europe)"),
    "utf-8-double": _("UTF-8 encoded twice"),
    "tcvn3-in-utf-8": _("TCVN3 inside UTF-8"),
    "vni-in-utf-8": _("VNI inside UTF-8"),
    "viscii-in-utf-8": _("VISCII inside UTF-8"),
}

STATUS: Final[Mapping[str, tuple[Label, str]]] = {
    "uploaded": (_("Not imported yet"), "warning"),
    "queued": (_("Waiting for its turn"), "off"),
    "running": (_("Running"), "ok"),
    "done": (_("Finished"), "ok"),
    "failed": (_("Stopped with an error"), "danger"),
    "undoing": (_("Being undone"), "warning"),
    "undone": (_("Undone"), "off"),
    "discarded": (_("Discarded"), "off"),
}
"""Status of an import -> words, kind of ui/components status."""

ACTIONS: Final[Mapping[str, Label]] = {
    "import.received": _("file received"),
    "import.replanned": _("way of reading changed"),
    "import.source_said": _("system of the file said"),
    "import.trial_queued": _("dry run asked for"),
    "import.trial_deleted": _("report of a dry run deleted"),
    "quality.counted": _("quality counted"),
    "import.queued": _("import asked for"),
    "import.queued_again": _("import asked for again"),
    "import.started": _("import started"),
    "import.finished": _("import finished"),
    "import.failed": _("import stopped with an error"),
    "import.undo_started": _("undoing asked for"),
    "import.undone": _("import undone"),
    "import.discarded": _("file discarded"),
}

FIELDS: Final[Mapping[str, Label]] = {
    "title": pgettext_lazy("column", "Title"),
    "subtitle": pgettext_lazy("column", "Subtitle"),
    "author": pgettext_lazy("column", "Author"),
    "other_authors": pgettext_lazy("column", "Other authors, translator, editor"),
    "publisher": pgettext_lazy("column", "Publisher"),
    "place": pgettext_lazy("column", "Place of publication"),
    "year": pgettext_lazy("column", "Year of publication"),
    "edition": pgettext_lazy("column", "Edition"),
    "extent": pgettext_lazy("column", "Number of pages"),
    "dimensions": pgettext_lazy("column", "Size"),
    "isbn": "ISBN",
    "issn": "ISSN",
    "subjects": pgettext_lazy("column", "Subject headings"),
    "keywords": pgettext_lazy("column", "Keywords"),
    "classification": pgettext_lazy("column", "Classification (DDC)"),
    "call_number": pgettext_lazy("column", "Call number"),
    "barcode": pgettext_lazy("column", "Accession number or barcode"),
    "location": pgettext_lazy("column", "Location, stack"),
    "branch": pgettext_lazy("column", "Branch"),
    "copies": pgettext_lazy("column", "Number of copies"),
    "language": pgettext_lazy("column", "Language"),
    "material_type": pgettext_lazy("column", "Type of material"),
    "summary": pgettext_lazy("column", "Summary"),
    "series": pgettext_lazy("column", "Series"),
    "price": pgettext_lazy("column", "Price"),
    "control_number": pgettext_lazy("column", "Control number"),
    "notes": pgettext_lazy("column", "Notes"),
    "url": pgettext_lazy("column", "Web address"),
    "host_title": pgettext_lazy("column", "Taken from (newspaper, journal, book)"),
    "volume": pgettext_lazy("column", "Volume, issue"),
}

PRESETS: Final[Mapping[str, tuple[Label, Label]]] = {
    "": (_("Standard"), _("MARC 21 field 852 and Koha field 952, whichever a record has.")),
    "marc-852": (_("MARC 21, field 852"), _("Library in a and b, shelf in c, call number in k h i j m, barcode in p.")),
    "koha-952": (_("Koha, field 952"), _("One field a copy, with its state.")),
    "ilib-852": (_("iLib, field 852"), _("Accession numbers in j, several of them parted by ; or ,.")),
    "libol-852/900": (
        _("Libol, fields 852 and 900"),
        _("Accession numbers in 852 j or 900 d, copies counted in 900 e."),
    ),
    "local-949": (_("Local field 949"), _("One field a copy: barcode in i, call number in a, state in s.")),
}

ITEM_STATUS: Final[Mapping[str, tuple[Label, str]]] = {
    "available": (_("On the shelf"), "ok"),
    "on_loan": (_("On loan"), "warning"),
    "reference_only": (_("For use in the library"), "ok"),
    "lost": (_("Lost"), "danger"),
    "withdrawn": (_("Withdrawn"), "off"),
    "in_process": (_("Being processed"), "warning"),
    "unknown": (_("Not stated"), "off"),
}


def encoding_label(name: str) -> Label:
    """The name of an encoding for people."""
    return ENCODINGS.get(name, name)


def format_label(name: str) -> Label:
    """The name of a file format for people."""
    return FORMATS.get(name, name)
