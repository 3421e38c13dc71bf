"""Who reads, and what the answer is when somebody may not."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from lienthu.domain.digital.access import Opened, open_object, who_asks
from lienthu.domain.digital.errors import AccessDenied, NoSuchObject
from lienthu.faces.web.portal.views.errors import gone

View = Callable[..., Any]


def opened_for(request: HttpRequest, public_id: str) -> Opened:
    """The object, for the reader who asks."""
    return open_object(public_id, who_asks(request).reader)


def guarded(view: View) -> View:
    """What is not there for this reader is 404, what was taken down 410; other refusals are the view's own."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return view(request, *args, **kwargs)
        except NoSuchObject as error:
            raise Http404(str(error)) from error
        except AccessDenied as error:
            if error.status == 410:
                return gone(request)
            if error.status == 404:
                raise Http404(str(error)) from error
            return HttpResponse(str(error), status=error.status, content_type="text/plain; charset=utf-8")

    return answer
