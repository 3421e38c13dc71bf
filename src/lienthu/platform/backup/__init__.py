"""Backup and restore of an install: one file, checked by checksums, consistent while the system runs."""
