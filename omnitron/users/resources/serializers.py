"""What login takes, and how users and tokens look."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from omnitron.core.resources.serializers import ResourceSerializer, StrictBody
from omnitron.core.scope import channel_ids_of
from omnitron.users.models import ApiToken, User


class TextField(serializers.CharField):
    """A string; DRF's field would read the number 1 as "1"."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class LoginSerializer(StrictBody):
    """A user name and its password."""

    username = TextField(max_length=150)
    password = TextField(max_length=4096, trim_whitespace=False)


class IssuedTokenSerializer(serializers.Serializer):
    """The token, shown this once."""

    key = serializers.CharField(read_only=True)


class ApiTokenSerializer(ResourceSerializer):
    """A login: when, from where and with what, and until when its token lives."""

    class Meta:
        model = ApiToken
        fields = ["pk", "created_date", "last_used_date", "expires_date", "remote_addr", "user_agent"]
        read_only_fields = fields


class ActiveUserSerializer(serializers.ModelSerializer):
    """The user of the request, with the channels they are limited to and the names of their permissions."""

    # Not an EmailField in the schema: a user may have none, which is "".
    email = serializers.CharField(read_only=True)
    channels = serializers.SerializerMethodField()
    permissions = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = [
            "pk",
            "username",
            "email",
            "first_name",
            "last_name",
            "is_staff",
            "is_superuser",
            "is_limited_to_channels",
            "channels",
            "permissions",
        ]
        read_only_fields = fields

    def get_channels(self, user: User) -> list[int]:
        return channel_ids_of(user) or []

    def get_permissions(self, user: User) -> list[str]:
        return sorted(user.get_all_permissions())
