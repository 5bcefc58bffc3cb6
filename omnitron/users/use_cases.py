"""Logins and tokens: the only writers of API tokens and failed logins."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import authenticate
from django.db import connection, transaction
from django.db.models import Q, QuerySet

from omnitron.core import audit
from omnitron.core.audit import AuditContext
from omnitron.core.exceptions import InvalidInput
from omnitron.users.exceptions import DeadTokenException, TooManyFailedLoginsException
from omnitron.users.models import ApiToken, FailedLogin, User
from omnitron.users.selectors import failed_logins, live_tokens, token_holder

LAST_USED_PRECISION = timedelta(minutes=1)
DEAD_TOKENS_KEPT = timedelta(days=7)
FAILED_LOGINS_KEPT = timedelta(days=1)


def issue_token(
    username: str,
    *,
    password: str,
    remote_addr: str | None,
    user_agent: str,
    now: datetime,
    audit_context: AuditContext,
) -> str:
    """Log a user in: a token of this login's own, which only this answer ever shows.

    Raises InvalidInput for a wrong name or password and for an inactive user, all alike;
    TooManyFailedLoginsException when FAILED_LOGIN_LIMIT logins for this name from this address have failed
    within FAILED_LOGIN_WINDOW, whether or not this password is right.
    """
    _refuse_when_blocked(username, remote_addr=remote_addr, now=now)  # spares the hashing, decides nothing
    # Slow on purpose, and as slow for a name that nobody has; outside of the lock, so that nobody queues for it.
    user = authenticate(None, username=username, password=password)
    with transaction.atomic():
        # Guesses are answered one after the other: two of them at once cannot both be the last one allowed.
        _lock_guesses(username, remote_addr=remote_addr)
        _refuse_when_blocked(username, remote_addr=remote_addr, now=now)
        if user is not None:
            return _store_token(
                user, remote_addr=remote_addr, user_agent=user_agent, now=now, audit_context=audit_context
            )
        FailedLogin.objects.create(username=username, remote_addr=remote_addr, created_date=now)
    raise InvalidInput(non_field_errors="Unable to log in with provided credentials.")


def authenticate_token(key: str, *, now: datetime) -> ApiToken:
    """The live token of this key, with its user, permissions and channels loaded in one statement.

    `last_used_date` is written when the one stored is older than a minute. Raises DeadTokenException.
    """
    token = token_holder(digest_of(key), now=now)
    if token is None:
        raise DeadTokenException
    if token.last_used_date is None or now - token.last_used_date >= LAST_USED_PRECISION:
        unused = Q(last_used_date=None) | Q(last_used_date__lte=now - LAST_USED_PRECISION)
        ApiToken.objects.filter(unused, pk=token.pk).update(last_used_date=now)
    return token


@transaction.atomic
def revoke_token(token: ApiToken, *, now: datetime, audit_context: AuditContext) -> None:
    """End one login. A token that is dead already stays as it is."""
    tokens = live_tokens(token.user_id, now=now).filter(pk=token.pk)
    _revoke(tokens, user=token.user, now=now, audit_context=audit_context)


@transaction.atomic
def revoke_all_tokens(user: User, *, now: datetime, audit_context: AuditContext) -> int:
    """End every login of a user; returns how many there were."""
    return _revoke(live_tokens(user.pk, now=now), user=user, now=now, audit_context=audit_context)


def delete_dead_tokens(*, now: datetime) -> None:
    """Forget tokens that have been dead for a week, and failed logins that count no more and are a day old."""
    dead_since = now - DEAD_TOKENS_KEPT
    ApiToken.objects.filter(Q(expires_date__lt=dead_since) | Q(revoked_date__lt=dead_since)).delete()
    kept = max(FAILED_LOGINS_KEPT, settings.FAILED_LOGIN_WINDOW)
    FailedLogin.objects.filter(created_date__lt=now - kept).delete()


def digest_of(key: str) -> str:
    """What is stored of a token. The key is random and long, so a plain hash cannot be turned back."""
    return hashlib.sha256(key.encode(errors="replace")).hexdigest()


def _refuse_when_blocked(username: str, *, remote_addr: str | None, now: datetime) -> None:
    limit, window = settings.FAILED_LOGIN_LIMIT, settings.FAILED_LOGIN_WINDOW
    failures = failed_logins(username, remote_addr=remote_addr, now=now, window=window, limit=limit)
    if len(failures) >= limit:
        raise TooManyFailedLoginsException(wait=(failures[-1] + window - now).total_seconds())


def _lock_guesses(username: str, *, remote_addr: str | None) -> None:
    """Let no other login for this name from this address pass until the transaction ends."""
    pair = repr(("failed_login", username, remote_addr)).encode()
    key = int.from_bytes(hashlib.blake2b(pair, digest_size=8).digest(), signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])


def _store_token(
    user: User, *, remote_addr: str | None, user_agent: str, now: datetime, audit_context: AuditContext
) -> str:
    key = secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user,
        digest=digest_of(key),
        created_date=now,
        expires_date=now + settings.API_TOKEN_LIFETIME,
        remote_addr=remote_addr,
        user_agent=user_agent,
    )
    user.last_login = now
    user.save(update_fields=["last_login"])
    audit.record(
        user,
        "user.token.issued",
        audit_context=replace(audit_context, actor=user),
        new={"token": token.pk, "remote_addr": remote_addr, "expires_date": token.expires_date},
    )
    return key


def _revoke(tokens: QuerySet[ApiToken], *, user: User, now: datetime, audit_context: AuditContext) -> int:
    pks = list(tokens.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    if pks:
        ApiToken.objects.filter(pk__in=pks).update(revoked_date=now)
        audit.record(user, "user.token.revoked", audit_context=audit_context, new={"tokens": pks})
    return len(pks)
