"""``lienthu account``: accounts and roles from the command line, for the first administrator and for emergencies."""

from __future__ import annotations

import argparse
import getpass
import sys

from lienthu.faces.cli.ground import Refusal


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """NAME with what to do."""
    parser.add_argument("name", help="sign-in name")
    parser.add_argument("--display-name", default="")
    parser.add_argument(
        "--role", choices=["reader", "librarian", "library_manager", "union_editor", "provincial_admin"]
    )
    parser.add_argument("--library", default="", metavar="CODE")
    parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")


def run(options: argparse.Namespace) -> int:
    """Create the account if it is new; set its password; give the role."""
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    from lienthu.domain.network.policy import Role
    from lienthu.domain.network.selectors import library_by_code
    from lienthu.domain.network.services.roles import grant_role
    from lienthu.platform.actor import Actor
    from lienthu.platform.services.accounts import open_account

    password = sys.stdin.readline().rstrip("\n") if options.password_stdin else getpass.getpass("Password: ")
    try:
        validate_password(password)
    except ValidationError as e:
        raise Refusal(" ".join(e.messages)) from e
    actor = Actor.system("cli")
    user = open_account(options.name, password, display_name=options.display_name, actor=actor)
    if options.role:
        library = library_by_code(options.library) if options.library else None
        grant_role(user_id=user.pk, role=Role(options.role), library_id=library.pk if library else None, actor=actor)
    print(f"{user.username} is ready.")
    return 0
