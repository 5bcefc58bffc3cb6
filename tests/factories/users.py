"""Factories of users, their tokens and failed logins."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Permission
from django.utils import timezone
from factory import LazyAttribute, LazyFunction, Sequence, SubFactory, post_generation
from factory.django import DjangoModelFactory

from omnitron.channels.models import Channel
from omnitron.users.models import ApiToken, FailedLogin, User
from omnitron.users.use_cases import digest_of

PASSWORD = "correct horse battery"


def permission(name: str) -> Permission:
    """The permission called `<app_label>.<codename>`."""
    app_label, codename = name.split(".")
    return Permission.objects.get(content_type__app_label=app_label, codename=codename)


class UserFactory(DjangoModelFactory):
    """A user with PASSWORD and nothing granted.

    `permissions=["orders.view_order"]` grants, `channels=[…]` limits the user to those.
    """

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = Sequence("user-{}".format)
    password = LazyFunction(lambda: make_password(PASSWORD))

    @post_generation
    def permissions(self, create: bool, extracted: list[str] | None, **kwargs: Any) -> None:
        self.user_permissions.set([permission(name) for name in extracted or ()])

    @post_generation
    def channels(self, create: bool, extracted: list[Channel] | None, **kwargs: Any) -> None:
        if extracted is not None:
            User.objects.filter(pk=self.pk).update(is_limited_to_channels=True)
            self.is_limited_to_channels = True
            self.channels.set(extracted)


class ApiTokenFactory(DjangoModelFactory):
    """A live token; `key` is what its holder sends."""

    class Meta:
        model = ApiToken

    class Params:
        key = Sequence("token-{}".format)

    user = SubFactory(UserFactory)
    digest = LazyAttribute(lambda token: digest_of(token.key))
    expires_date = LazyFunction(lambda: timezone.now() + timedelta(days=1))


class FailedLoginFactory(DjangoModelFactory):
    class Meta:
        model = FailedLogin

    username = Sequence("user-{}".format)
    remote_addr = "203.0.113.7"
