"""The WSGI application that Granian serves."""

import os
import signal

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from lienthu.config import env as environment
from lienthu.platform.processes import die_with_parent, keep_what_is_loaded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lienthu.config.settings")
if environment.read().supervised:
    # a killed Granian master would leave its workers serving old code on the same port
    die_with_parent(signal.SIGKILL)
_django = get_wsgi_application()
from lienthu.faces.protocols.iiif.image.lean import LeanImages  # noqa: E402  # uses models: Django is set up first

application = LeanImages(_django)
_ = get_resolver().url_patterns  # all pages are loaded now, so that the first reader need not wait for it
keep_what_is_loaded()
