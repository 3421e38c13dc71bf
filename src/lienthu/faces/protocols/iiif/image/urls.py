"""Everything under ``/iiif/image/``."""

from django.urls import re_path

from lienthu.faces.protocols.iiif.image.views import image

urlpatterns = [re_path(r"", image)]
