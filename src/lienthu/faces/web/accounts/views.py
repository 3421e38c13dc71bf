"""Sign in, sign out, change the password."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from lienthu.domain.digital.access import VIEWER_COOKIE, VIEWER_PATH
from lienthu.domain.network.policy import Permission
from lienthu.domain.network.selectors import actor_of, allowed
from lienthu.faces.web.accounts.forms import NewPasswordForm, SignInForm
from lienthu.platform.actor import Actor
from lienthu.platform.models import User
from lienthu.platform.services import audit
from lienthu.platform.services.accounts import choose_password


def home_of(user: Any) -> str:
    """Where a person begins: the staff desk for those who work there, the portal for everyone else.

    Whoever has come in with a one-time password begins with a password of the own.
    """
    if getattr(user, "one_time_until", None) is not None:
        return reverse("accounts:password_change")
    name = "staff:home" if allowed(user, Permission.VIEW_STAFF) else "portal:home"
    try:
        return reverse(name)
    except NoReverseMatch:  # an install without that face
        return "/"


@method_decorator(never_cache, name="dispatch")
class SignIn(LoginView):
    """The sign-in page. A wrong password is answered with 422, too many of them with 429 by the lockout."""

    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_default_redirect_url(self) -> str:
        """Where to go when no safe address was asked for."""
        return home_of(self.request.user)

    def get_success_url(self) -> str:
        """Where the person wanted to go; with a one-time password nowhere but to a new one."""
        if getattr(self.request.user, "one_time_until", None) is not None:
            return reverse("accounts:password_change")
        return super().get_success_url()

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Signed in."""
        response = super().form_valid(form)
        user = form.get_user()
        audit.record("account.signed_in", user, actor=Actor(user.pk, str(user)))
        return response

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """Not signed in: told to the audit trail, without what was typed.

        People type passwords into the wrong box.
        """
        name = form.cleaned_data.get("username") or ""
        if name and form.cleaned_data.get("password"):
            known = User.objects.filter(username=name).first()
            action = "account.locked" if getattr(self.request, "axes_locked_out", False) else "account.sign_in_failed"
            audit.record(action, known, actor=Actor.system("sign-in"), known=known is not None)
        return self.render_to_response(self.get_context_data(form=form), status=422)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    if isinstance(request.user, User):
        audit.record("account.signed_out", request.user, actor=actor_of(request.user))
    logout(request)
    try:
        target = reverse("portal:home")
    except NoReverseMatch:
        target = reverse("accounts:sign_in")
    response = HttpResponseRedirect(target)
    # who sits down at this computer next does not read in the name of who left
    secure = bool(settings.SESSION_COOKIE_SECURE)
    response.delete_cookie(VIEWER_COOKIE, path=VIEWER_PATH, samesite="None" if secure else "Lax")
    return response


@method_decorator([never_cache, login_required, sensitive_post_parameters()], name="dispatch")
class ChangePassword(View):
    """A new password for oneself. Other sessions of the person end; this one goes on."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The form."""
        return self._page(request, NewPasswordForm(request.user))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Change it, or say what is wrong (422)."""
        form = NewPasswordForm(request.user, request.POST)
        if not form.is_valid():
            return self._page(request, form, status=422)
        user = form.user
        choose_password(user, form.cleaned_data["new_password1"], actor=Actor(user.pk, str(user)))
        update_session_auth_hash(request, user)
        messages.success(request, _("Your password has been changed. Other devices have been signed out."))
        return HttpResponseRedirect(home_of(user))

    def _page(self, request: HttpRequest, form: NewPasswordForm, status: int = 200) -> HttpResponse:
        return render(request, "accounts/password_change.html", {"form": form}, status=status)
