"""What the user of a channel's application may do, who is limited to that channel: all flows need no more."""

from __future__ import annotations

from django.contrib.auth.models import Permission
from django.db.models import Q

from omnitron.channels.models import Channel
from omnitron.users.models import User

_CATALOGUE = ("catalog", "product", "productprice", "productstock", "productimage", "productcategory")
_PLACES = ("country", "city", "township", "district", "retailstore")
_ATTRIBUTES = (
    "marketplaceattribute",
    "marketplaceattributeconfig",
    "marketplaceattributeschema",
    "marketplaceattributeset",
    "marketplaceattributesetconfig",
    "marketplaceattributevalue",
    "marketplaceattributevalueconfig",
)
PERMISSIONS = frozenset(
    {
        "contenttypes.view_contenttype",
        *(f"channels.{verb}_channel" for verb in ("view", "change")),
        *(f"channels.{verb}_batchrequest" for verb in ("view", "add", "change")),
        *(f"channels.{verb}_integrationaction" for verb in ("view", "add", "change", "delete")),
        "channels.add_errorreport",
        "channels.add_operationalevent",
        *(f"customers.view_{name}" for name in _PLACES),
        *(f"customers.{verb}_customer" for verb in ("view", "add", "change")),
        *(f"customers.{verb}_address" for verb in ("view", "add")),
        *(f"orders.{verb}_order" for verb in ("view", "add", "cancel")),
        *(f"orders.{verb}_orderitem" for verb in ("view", "change")),
        *(f"orders.{verb}_cancellationrequest" for verb in ("view", "add")),
        "orders.view_cargocompany",
        *(f"catalogs.view_{name}" for name in _CATALOGUE),
        # The set-up of categories and attributes.
        *(f"catalogs.{verb}_categorytree" for verb in ("view", "add")),
        *(f"catalogs.{verb}_categorynode" for verb in ("view", "add", "change")),
        *(f"attributes.{verb}_{name}" for verb in ("view", "add", "change") for name in _ATTRIBUTES),
    }
)


def create_application_user(username: str, password: str, *, channel: int) -> User:
    """Raises ValueError for a permission that is not there."""
    wanted = Q(pk__in=[])
    for name in PERMISSIONS:
        app_label, codename = name.split(".")
        wanted |= Q(content_type__app_label=app_label, codename=codename)
    found = list(Permission.objects.filter(wanted))
    if len(found) != len(PERMISSIONS):
        raise ValueError(f"{len(PERMISSIONS)} permissions wanted, {len(found)} found")
    user = User.objects.create_user(username, password=password, is_limited_to_channels=True)
    user.user_permissions.set(found)
    user.channels.set(Channel.objects.filter(pk=channel))
    return user
