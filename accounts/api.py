"""Sign-in of software by personal token: ``Authorization: Bearer msx_…``."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import authentication, exceptions
from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.models import User
from accounts.services import limit
from accounts.services.people import person_actor
from accounts.services.tokens import holder_of_token
from common.actor import Actor, Role
from common.pages import actor_of
from common.requests import client_address

WRITES_PER_MINUTE, GUESSES_PER_MINUTE = 120, 30


class TokenAuthentication(authentication.BaseAuthentication):
    """The holder of a personal token acts with exactly his own rights; what he does is recorded with channel ``api``.

    A view names the scope it needs in ``token_scope``.
    """

    keyword = "Bearer"

    def authenticate(self, request: Request) -> tuple[User, str] | None:
        """None without this header, so that a session may sign in; AuthenticationFailed (401) for a wrong token."""
        kind, _space, secret = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != self.keyword.lower():
            return None
        view: Any = request.parser_context.get("view")
        user = holder_of_token(secret.strip()[:200], scope=getattr(view, "token_scope", ""))
        if user is None:
            limit(f"token:{client_address(request)}", 60, GUESSES_PER_MINUTE, _("请求过于频繁，请稍后再试"))
            raise exceptions.AuthenticationFailed(_("令牌不对、已过期或已停用"))
        limit(f"api:{user.pk}", 60, WRITES_PER_MINUTE, _("请求过于频繁，请稍后再试"))
        role = Role.LAWYER if user.is_lawyer else Role.LITIGANT
        request._request.actor = person_actor(user, role, channel="api")  # type: ignore[attr-defined]
        return user, secret

    def authenticate_header(self, request: Request) -> str:
        """Makes DRF answer 401 instead of 403 to nobody."""
        return self.keyword


class TokenScheme(OpenApiAuthenticationExtension):
    """How the schema describes it."""

    target_class = TokenAuthentication
    name = "personalToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """HTTP bearer."""
        return {"type": "http", "scheme": "bearer"}


class PersonalView(APIView):
    """A view for a person's own software or browser: by token with the scope ``token_scope``, or by session."""

    authentication_classes = [TokenAuthentication, SessionAuthentication]
    token_scope = ""

    def check_permissions(self, request: Request) -> None:
        """A method that does not exist is said to be so before anybody is asked who he is."""
        if hasattr(self, (request.method or "").lower()):
            super().check_permissions(request)

    def actor(self, request: Request) -> Actor:
        """Who asks, by token or session."""
        return actor_of(request._request)
