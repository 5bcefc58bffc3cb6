"""Users, the channels they are limited to, their API tokens and failed logins."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone

from omnitron.omnicore.models import TimeStampedModel


class User(AbstractUser):
    """A person or an application. A limited user reaches only the rows of `channels`, whatever else is granted."""

    is_limited_to_channels = models.BooleanField(
        default=False,
        help_text="Reach only the rows of the channels below; with none chosen, no channel's rows.",
    )
    channels = models.ManyToManyField("channels.Channel", blank=True)
    # No column: set by token authentication, which reads the channels with the user (core.scope).
    limited_channel_ids: list[int] | None = None


class ApiToken(TimeStampedModel):
    """A login's token. Only its SHA-256 is kept: the token itself is shown once, by the login that issued it."""

    user = models.ForeignKey(User, on_delete=models.CASCADE)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    expires_date = models.DateTimeField()
    last_used_date = models.DateTimeField(null=True, blank=True)
    revoked_date = models.DateTimeField(null=True, blank=True)
    remote_addr = models.GenericIPAddressField(null=True, blank=True)
    user_agent = models.CharField(max_length=255, blank=True)

    class Meta:
        indexes = [models.Index(fields=["user", "expires_date"], name="api_token_by_user")]

    def __str__(self) -> str:
        return f"token {self.pk} of user {self.user_id}"


class FailedLogin(models.Model):
    """A refused login, counted per user name and address to slow down guessing."""

    username = models.CharField(max_length=150)
    remote_addr = models.GenericIPAddressField(null=True)
    created_date = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["username", "remote_addr", "created_date"], name="failed_login_lookup")
        ]

    def __str__(self) -> str:
        return f"{self.username} from {self.remote_addr}"
