"""Records in the formats of others: Dublin Core, RIS, BibTeX, CSL JSON, and formatted citations."""

from lienthu.foundation.marc.export.bibtex import to_bibtex
from lienthu.foundation.marc.export.citations import STYLES, UnknownStyle, cite
from lienthu.foundation.marc.export.csl import to_csl_json
from lienthu.foundation.marc.export.dublin_core import to_dublin_core
from lienthu.foundation.marc.export.ris import to_ris

__all__ = ["STYLES", "UnknownStyle", "cite", "to_bibtex", "to_csl_json", "to_dublin_core", "to_ris"]
