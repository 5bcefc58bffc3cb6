"""Create, change and delete a channel, and read its secrets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from omnitron.catalogs.models import Catalog, CategoryTree
from omnitron.channels import secrets
from omnitron.channels.models import Channel
from omnitron.core import audit, records
from omnitron.core.audit import AuditContext

UPDATABLE = frozenset({"name", "channel_type", "catalog", "category_tree", "is_active", "conf", "schema"})


@transaction.atomic
def create_channel(
    name: str,
    channel_type: str,
    *,
    audit_context: AuditContext,
    catalog: Catalog | None = None,
    category_tree: CategoryTree | None = None,
    is_active: bool = True,
    conf: Mapping[str, Any] | None = None,
    schema: Mapping[str, Any] | None = None,
) -> Channel:
    """A new channel; the secrets of `conf` are encrypted. Raises InvalidInput."""
    sealed = secrets.seal(conf or {}, schema=schema or {})
    channel = Channel(
        name=name,
        channel_type=channel_type,
        catalog=catalog,
        category_tree=category_tree,
        is_active=is_active,
        conf=sealed.conf,
        conf_secrets=sealed.token,
        schema=dict(schema or {}),
    )
    with records.constraints_named():
        channel.save(force_insert=True)
    audit.record(
        channel,
        records.event(channel, "created"),
        audit_context=audit_context,
        new=records.snapshot(channel, sorted(UPDATABLE)) | _secrets_moved(sealed),
    )
    return channel


@transaction.atomic
def update_channel(channel: Channel, *, audit_context: AuditContext, **changes: Any) -> Channel:
    """Change some of UPDATABLE and return the locked, changed channel.

    `conf` replaces the whole configuration: a mask in it keeps the stored secret, a key that is left out forgets
    it. A new `schema` seals what it newly marks. Raises InvalidInput, ChannelSecretsUnreadableException.
    """
    if unknown := set(changes) - UPDATABLE:
        raise TypeError(f"update_channel does not change {', '.join(sorted(unknown))}")
    locked = records.lock_record(channel)
    before = records.snapshot(locked, sorted(UPDATABLE))
    sealed = _sealed_anew(locked, changes)
    for name, value in (changes | {"conf": sealed.conf}).items():
        setattr(locked, name, value)
    after = records.snapshot(locked, sorted(UPDATABLE))
    moved = [name for name in before if before[name] != after[name]]
    if moved or sealed.token != locked.conf_secrets:
        locked.conf_secrets = sealed.token
        with records.constraints_named():
            locked.save(update_fields=[*moved, "conf_secrets"])
        audit.record(
            locked,
            records.event(locked, "changed"),
            audit_context=audit_context,
            old={name: before[name] for name in moved},
            new={name: after[name] for name in moved} | _secrets_moved(sealed),
        )
    return locked


@transaction.atomic
def keep_auth_token(channel: Channel, token: str, *, audit_context: AuditContext) -> Channel:
    """Make the token of a new session the channel's `auth_token`; the rest of its configuration stays as it is by
    now, whatever it was when the session began. Returns the locked, changed channel.
    """
    locked = records.lock_record(channel)
    return update_channel(locked, conf={**locked.conf, "auth_token": token}, audit_context=audit_context)


@transaction.atomic
def delete_channel(channel: Channel, *, audit_context: AuditContext) -> None:
    """Delete a channel that nothing refers to. Raises ProtectedRecordException."""
    # The audit row keeps what the record was, and may not keep its secrets, not even encrypted.
    Channel.objects.filter(pk=channel.pk).update(conf_secrets="")
    records.delete_record(channel, audit_context=audit_context)


@transaction.atomic
def conf_with_secrets(channel: Channel, *, audit_context: AuditContext) -> dict[str, Any]:
    """The configuration with its real secrets; every such reading is audited, unless there are none.

    Raises ChannelSecretsUnreadableException.
    """
    conf = secrets.opened(channel.conf, token=channel.conf_secrets)
    if channel.conf_secrets:
        audit.record(channel, records.event(channel, "secrets.read"), audit_context=audit_context)
    return conf


@transaction.atomic
def rotate_secrets(channel: Channel, *, audit_context: AuditContext) -> Channel:
    """Encrypt the channel's secrets with the newest key. Raises ChannelSecretsUnreadableException."""
    locked = records.lock_record(channel)
    if locked.conf_secrets:
        locked.conf_secrets = secrets.rotated(locked.conf_secrets)
        locked.save(update_fields=["conf_secrets"])
        audit.record(locked, records.event(locked, "secrets.rotated"), audit_context=audit_context)
    return locked


def _sealed_anew(channel: Channel, changes: Mapping[str, Any]) -> secrets.SealedConf:
    """The configuration after `changes`; where they do not touch it, its secrets need not be readable."""
    if not changes.keys() & {"conf", "schema"}:
        return secrets.SealedConf(conf=channel.conf, token=channel.conf_secrets, changes={})
    return secrets.seal(
        changes.get("conf", channel.conf),
        schema=changes.get("schema", channel.schema),
        old_conf=channel.conf,
        old_token=channel.conf_secrets,
    )


def _secrets_moved(sealed: secrets.SealedConf) -> dict[str, Any]:
    return {"conf_secrets": sealed.changes} if sealed.changes else {}
