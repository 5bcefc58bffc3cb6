"""Create, change and delete a record that has no rules of its own: lock → check → write → audit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import IntegrityError, models, transaction
from django.db.models.fields.files import FieldFile
from psycopg2 import errorcodes
from psycopg2.extras import Range

from omnitron.core import audit
from omnitron.core.audit import AuditContext
from omnitron.core.exceptions import InvalidInput, ProtectedRecordException

Row = TypeVar("Row", bound=models.Model)


@transaction.atomic
def create_record(model: type[Row], values: Mapping[str, Any], *, audit_context: AuditContext) -> Row:
    """A new row of `model` with `values`, many-to-many ones included.

    Raises InvalidInput when a constraint of the database refuses it.
    """
    links = {field.name for field in model._meta.many_to_many}
    row = model(**{name: value for name, value in values.items() if name not in links})
    with constraints_named():
        row.save(force_insert=True)
    for name in links & set(values):
        getattr(row, name).set(values[name])
    audit.record(row, event(row, "created"), audit_context=audit_context, new=snapshot(row, values))
    return row


@transaction.atomic
def update_record(row: Row, values: Mapping[str, Any], *, audit_context: AuditContext) -> Row:
    """Lock `row`, write those of `values` that differ from what is stored, and return the locked, changed row.

    Raises InvalidInput when a constraint of the database refuses them.
    """
    locked = lock_record(row)
    write_changes(locked, values, audit_context=audit_context)
    return locked


def write_changes(locked: models.Model, values: Mapping[str, Any], *, audit_context: AuditContext) -> bool:
    """Save and audit those of `values` that differ from what the locked row holds; say whether any did.

    Raises InvalidInput when a constraint of the database refuses them.
    """
    before = snapshot(locked, values)
    links = {field.name for field in locked._meta.many_to_many} & set(values)
    for name in values:
        if name in links:
            getattr(locked, name).set(values[name])
        else:
            setattr(locked, name, values[name])
    changed = [name for name in values if value_of(locked, name) != before[name]]
    if changed:
        with constraints_named():
            # Also when only links moved: modified_date moves with anything a row shows.
            locked.save(update_fields=set(changed) - links)
        audit.record(
            locked,
            event(locked, "changed"),
            audit_context=audit_context,
            old={name: before[name] for name in changed},
            new=snapshot(locked, changed),
        )
    return bool(changed)


def write_many_changes(changes: Mapping[Row, Mapping[str, Any]], *, audit_context: AuditContext) -> list[Row]:
    """`write_changes` for many locked rows of one model: one UPDATE and one audit INSERT; returns those changed.

    No many-to-many values. Raises InvalidInput when a constraint of the database refuses one of them.
    """
    old: dict[int, dict[str, Any]] = {}
    changed: list[Row] = []
    for row, values in changes.items():
        before = snapshot(row, values)
        for name, value in values.items():
            setattr(row, name, value)
        if differing := [name for name in values if value_of(row, name) != before[name]]:
            old[row.pk] = {name: before[name] for name in differing}
            changed.append(row)
    if changed:
        with constraints_named():
            names = sorted({name for values in old.values() for name in values})
            type(changed[0])._default_manager.bulk_update(changed, names)
        new = {row.pk: snapshot(row, old[row.pk]) for row in changed}
        audit.record_many(
            changed, event(changed[0], "changed"), audit_context=audit_context, old=old, new=new
        )
    return changed


@transaction.atomic
def delete_record(row: models.Model, *, audit_context: AuditContext) -> None:
    """Delete `row`. Raises ProtectedRecordException when others refer to it.

    Locked FOR UPDATE, which makes whoever would refer to it now wait, and then find it gone.
    """
    locked = type(row)._default_manager.select_for_update(of=("self",)).get(pk=row.pk)
    if dependents := _kinds_of_dependents(locked):
        raise ProtectedRecordException(
            record=f"{row._meta.verbose_name} {row.pk}", dependents=", ".join(dependents)
        )
    before = snapshot(locked, [field.name for field in locked._meta.concrete_fields])
    audit.record(locked, event(locked, "deleted"), audit_context=audit_context, old=before)
    locked.delete()


def _kinds_of_dependents(row: models.Model) -> list[str]:
    """What refers to `row` and protects it. Asked by existence: Django's own error would fetch every row."""
    return sorted(
        {
            str(relation.related_model._meta.verbose_name_plural)
            for relation in row._meta.get_fields(include_hidden=True)
            if getattr(relation, "on_delete", None) is models.PROTECT
            and relation.auto_created
            and relation.related_model._base_manager.filter(**{relation.field.name: row}).exists()
        }
    )


def lock_record(row: Row) -> Row:
    """A fresh, locked copy of `row`. NO KEY, so that rows which refer to it can still be added meanwhile."""
    return type(row)._default_manager.select_for_update(of=("self",), no_key=True).get(pk=row.pk)


@contextmanager
def constraints_named() -> Iterator[None]:
    """Turn a violated constraint into InvalidInput that names it; other integrity errors are our own mistakes."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        violation = error.__cause__
        code = getattr(violation, "pgcode", None)
        if code == errorcodes.UNIQUE_VIOLATION:
            raise InvalidInput(
                non_field_errors=f"There is one already ({violation.diag.constraint_name})."
            ) from error
        if code == errorcodes.CHECK_VIOLATION:
            raise InvalidInput(non_field_errors=f"Refused by {violation.diag.constraint_name}.") from error
        raise


def event(row: models.Model, what: str) -> str:
    """The name of an audit event: `<model>.<what>`."""
    return f"{row._meta.model_name}.{what}"


def snapshot(row: models.Model, names: Any) -> dict[str, Any]:
    """The values of `names` as JSON can hold them."""
    return {name: value_of(row, name) for name in names}


def value_of(row: models.Model, name: str) -> Any:
    """One value as JSON can hold it: pks for relations, paths for files, both ends for ranges."""
    field = row._meta.get_field(name)
    if field.many_to_many:
        return sorted(other.pk for other in getattr(row, name).all())
    value = field.value_from_object(row)
    if isinstance(value, FieldFile):
        return value.name
    if isinstance(value, Range):
        return {"lower": value.lower, "upper": value.upper}
    return value
