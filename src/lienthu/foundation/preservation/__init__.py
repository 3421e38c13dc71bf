"""Keeping digital objects: the OCFL store, METS and PREMIS, BagIt, unpacking of archives. Pure, over folders."""
