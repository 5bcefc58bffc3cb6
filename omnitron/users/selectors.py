"""Read queries over users and tokens."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.models import QuerySet

from omnitron.users.models import ApiToken, FailedLogin, User


def _in_column_order(model: type[models.Model], names: set[str]) -> list[str]:
    """`from_db` takes values in the order of the model's columns, whatever the order of their names."""
    return [field.attname for field in model._meta.concrete_fields if field.attname in names]


_TOKEN_FIELDS = _in_column_order(ApiToken, {"id", "user_id", "expires_date", "last_used_date"})
_USER_FIELDS = _in_column_order(
    User,
    {"id", "username", "first_name", "last_name", "email", "is_active", "is_staff", "is_superuser"}
    | {"is_limited_to_channels"},
)
_TOKEN_COLUMNS = ", ".join(f"token_{name}" for name in _TOKEN_FIELDS)
_USER_COLUMNS = ", ".join(f"user_{name}" for name in _USER_FIELDS)
# Runs on every request: no ORM, and a function whose plan PostgreSQL keeps (see the migration that makes it).
_TOKEN_HOLDER = (
    f"SELECT {_TOKEN_COLUMNS}, {_USER_COLUMNS}, permissions, channel_ids FROM users_token_holder(%s, %s)"
)


def token_holder(digest: str, *, now: datetime) -> ApiToken | None:
    """The live token with this digest and its active user, whose permissions and channels are loaded.

    One statement. Columns that requests do not need (the password's hash, …) are deferred.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TOKEN_HOLDER, [digest, now])
        row = cursor.fetchone()
    if row is None:
        return None
    token = ApiToken.from_db(DEFAULT_DB_ALIAS, _TOKEN_FIELDS, row[: len(_TOKEN_FIELDS)])
    user = User.from_db(DEFAULT_DB_ALIAS, _USER_FIELDS, row[len(_TOKEN_FIELDS) : -2])
    permissions, channel_ids = row[-2:]
    if permissions is not None:
        # Where Django's ModelBackend keeps what it has read: has_perm() then asks the database nothing. Not for
        # a superuser, who has every permission without a look at them.
        user._perm_cache = set(permissions)
    user.limited_channel_ids = channel_ids
    token.user = user
    return token


def live_tokens(user_id: int | None, *, now: datetime) -> QuerySet[ApiToken]:
    """The tokens with which this user can be reached now."""
    return ApiToken.objects.filter(user_id=user_id, revoked_date=None, expires_date__gt=now)


def failed_logins(
    username: str, *, remote_addr: str | None, now: datetime, window: timedelta, limit: int
) -> list[datetime]:
    """When the last logins for this name from this address failed within `window`, newest first."""
    found = FailedLogin.objects.filter(
        username=username, remote_addr=remote_addr, created_date__gt=now - window
    )
    return list(found.order_by("-created_date").values_list("created_date", flat=True)[:limit])
