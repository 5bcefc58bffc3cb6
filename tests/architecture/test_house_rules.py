"""Rules of the house that a program can check."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from pathlib import Path

from django.apps import apps
from django.db import models

import omnitron
from omnitron.attributes.service import AttributeService
from omnitron.channels.service import ChannelService
from omnitron.core.exceptions import OmnitronException
from omnitron.core.scope import channel_path_of
from omnitron.orders.service import OrderItemService, OrderService

# Operations that only read.
READS = {
    "channel_allowed_methods",
    "pull_report",
    "digest_of_pile",
    "cancel_preview",
    "get_payment_history",
    "get_transaction_amount",
    "map_product",
}
ROOT = Path(omnitron.__file__).parent
SOURCES = [path for path in sorted(ROOT.rglob("*.py")) if "migrations" not in path.parts]


def own_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("omnitron.")]


def test_error_codes_are_unique_and_well_formed() -> None:
    for app in ("core", "users", "channels", "catalogs", "attributes", "customers", "payments", "orders"):
        if (ROOT / app / "exceptions.py").exists():
            importlib.import_module(f"omnitron.{app}.exceptions")
    classes = OmnitronException.__subclasses__()
    codes = [cls.code for cls in [OmnitronException, *classes]]

    assert len(set(codes)) == len(codes) > 5
    assert [code for code in codes if not re.fullmatch(r"[a-z_]+_\d+_\d+", code)] == []


def test_every_operation_that_changes_something_takes_an_audit_context() -> None:
    operations = {
        name: function
        for service in (OrderService, OrderItemService, ChannelService, AttributeService)
        for name, function in vars(service).items()
        if not name.startswith("_") and name not in READS
    }
    assert len(operations) > 4
    for name, operation in operations.items():
        parameter = inspect.signature(operation.__func__).parameters["audit_context"]
        assert parameter.kind is inspect.Parameter.KEYWORD_ONLY, name
        assert parameter.default is inspect.Parameter.empty, name


def test_every_model_that_leads_to_a_channel_says_how() -> None:
    """A model with a foreign key to a channel, or to a model that has a channel, must declare `channel_path`."""
    silent = []
    for model in own_models():
        leads = [
            field.related_model
            for field in model._meta.concrete_fields
            if field.is_relation
            and field.related_model._meta.app_label
            in {"attributes", "channels", "customers", "orders", "payments"}
        ]
        if channel_path_of(model) is None and any(channel_path_of(target) for target in leads):
            silent.append(model.__name__)
    # A payment row of a shop's till names the store; a store belongs to no channel.
    assert silent == []


def test_channel_paths_lead_to_a_channel() -> None:
    channel = apps.get_model("channels", "Channel")
    for model in own_models():
        path = channel_path_of(model)
        if path is None or path == "pk":
            continue
        target = model
        for step in path.split("__"):
            target = target._meta.get_field(step).related_model
        assert target is channel, model


def test_every_enum_column_is_defended_by_a_constraint() -> None:
    undefended = []
    for model in own_models():
        constraints = {constraint.name for constraint in model._meta.constraints}
        label = f"{model._meta.app_label}_{model._meta.model_name}"
        undefended += [
            f"{model.__name__}.{field.name}"
            for field in model._meta.concrete_fields
            if field.choices and f"{label}_{field.name}_known" not in constraints
        ]
    assert undefended == []


def test_money_is_never_a_float() -> None:
    offenders = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float"
    ]
    assert offenders == []
