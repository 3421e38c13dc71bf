"""The WSGI application that Granian serves."""

import os
import signal

from django.core.wsgi import get_wsgi_application

from lienthu.platform.processes import die_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lienthu.config.settings")
if os.environ.get("LIENTHU_SUPERVISED"):
    # a killed Granian master would leave its workers serving old code on the same port
    die_with_parent(signal.SIGKILL)
application = get_wsgi_application()
