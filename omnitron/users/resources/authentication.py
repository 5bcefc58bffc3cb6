"""Who sends a request: `Authorization: Token <key>`."""

from __future__ import annotations

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from omnitron.users.exceptions import MalformedTokenException
from omnitron.users.models import ApiToken, User
from omnitron.users.use_cases import authenticate_token


class TokenAuthentication(BaseAuthentication):
    """The user of a live token, with permissions and channels loaded, at the price of one statement.

    It stands first among the authentication classes: DRF answers 401 only if the first one names a scheme, and
    401 is what makes clients log in again.
    """

    keyword = "Token"

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """None when the header is absent or of another scheme; raises AuthenticationFailed."""
        scheme, *rest = request.META.get("HTTP_AUTHORIZATION", "").split() or [""]
        if scheme.lower() != self.keyword.lower():
            return None
        if len(rest) != 1:
            raise MalformedTokenException
        token = authenticate_token(rest[0], now=timezone.now())
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return self.keyword
