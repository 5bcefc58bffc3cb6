"""Refusals at the door. They are DRF's own, because 401 and 429 are answers of the wire, not business rules."""

from __future__ import annotations

from rest_framework.exceptions import AuthenticationFailed, Throttled


class DeadTokenException(AuthenticationFailed):
    """401: nobody holds this token: it is unknown, revoked or expired, or its user is inactive."""

    default_detail = "Invalid or expired token."


class MalformedTokenException(AuthenticationFailed):
    """401: the header is not `Authorization: Token <key>`."""

    default_detail = "Invalid token header. Send: Authorization: Token <key>"


class TooManyFailedLoginsException(Throttled):
    """429: the last guesses for this user name from this address were wrong; `wait` seconds until the next."""

    default_detail = "Too many failed logins."
