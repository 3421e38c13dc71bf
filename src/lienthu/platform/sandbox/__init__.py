"""Untrusted files are opened only here: in long-lived child processes with limits. See README.md of this folder."""

from lienthu.platform.sandbox.box import Failed, Limits, Sandbox

__all__ = ["Failed", "Limits", "Sandbox"]
