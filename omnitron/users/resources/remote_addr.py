"""Where a request comes from."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def remote_addr_of(request: HttpRequest) -> str | None:
    """The client's address, as far as it can be trusted; None when the server does not know it.

    It is the peer of the connection. X-Forwarded-For is whatever a client writes into it and is ignored, unless
    the operator has declared a proxy in front (BEHIND_TLS_PROXY): then every peer is that proxy, and one guesser
    would lock a user out for everybody, so the *last* entry counts, which the proxy itself has appended.
    """
    peer = request.META.get("REMOTE_ADDR", "")
    if settings.SECURE_PROXY_SSL_HEADER is None:
        return _address(peer)
    appended = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2]
    return _address(appended) or _address(peer)


def _address(text: str) -> str | None:
    try:
        return str(ipaddress.ip_address(text.strip()))
    except ValueError:
        return None
