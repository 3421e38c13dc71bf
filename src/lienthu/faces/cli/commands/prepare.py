"""``lienthu prepare``: prepare or upgrade the data folder."""

from __future__ import annotations

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments."""


def run(options: argparse.Namespace) -> int:
    """Everything is done by the preparation every command does."""
    from django.conf import settings

    print(f"{settings.DATA_DIR} is ready.")
    return 0
