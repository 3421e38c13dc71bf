"""Libraries and their people, as on the other pages of the desk."""

from lienthu.faces.web.staff.tests.conftest import _in_english, admin, editor, home, librarian, manager, other, stranger

__all__ = ["_in_english", "admin", "editor", "home", "librarian", "manager", "other", "stranger"]
