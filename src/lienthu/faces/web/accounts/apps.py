"""Signing in and out as a Django app."""

from django.apps import AppConfig


class AccountsApp(AppConfig):
    """Sign-in, sign-out, change of password, lockout page."""

    name = "lienthu.faces.web.accounts"
    label = "accounts"
