"""How the admin shows values: money, ages, links to rows, long texts."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.contrib.admin import site
from django.contrib.contenttypes.models import ContentType
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.timesince import timesince

NOTHING = "–"
SHOWN_CHARACTERS = 2_000


def money(amount: Decimal | None, currency: str) -> str:
    """`1,234.50 TRY`, in digits of one width, so that columns line up."""
    if amount is None:
        return NOTHING
    return format_html('<span class="om-money">{} {}</span>', f"{amount:,.2f}", currency.upper())


def badge(text: str, colour: str) -> SafeString:
    """A coloured label, for places where unfold's `label=` does not reach. `colour` is one of unfold's types."""
    return render_to_string("unfold/helpers/label.html", {"text": text, "type": colour})


def two_lines(first: object, second: object) -> SafeString:
    """A value, and below it a lesser one in small print."""
    return format_html('<span class="om-two">{}<small>{}</small></span>', first, second)


def age(moment: datetime | None) -> str:
    """How long ago, in the largest unit: "3 days"."""
    return timesince(moment, timezone.now(), depth=1) if moment else NOTHING


def with_age(moment: datetime) -> str:
    """A moment, and below it how long ago that was."""
    shown = date_format(timezone.localtime(moment), "DATETIME_FORMAT")
    return two_lines(shown, f"{age(moment)} ago")


def link_to(model_label: str, pk: object, text: object) -> SafeString:
    """A link to the page of a row: `model_label` is "orders.order"."""
    name = f"admin:{model_label.replace('.', '_')}_change"
    return format_html('<a class="om-link" href="{}">{}</a>', reverse(name, args=(pk,)), text)


def link_to_object(content_type_id: int | None, object_id: object) -> str:
    """A link to the row that a generic pair of columns names, where that model has a page."""
    if content_type_id is None or object_id is None:
        return NOTHING
    content_type = ContentType.objects.get_for_id(content_type_id)
    text = f"{content_type.model} {object_id}"
    model = content_type.model_class()
    if model is None or not site.is_registered(model):
        return text
    return link_to(f"{content_type.app_label}.{content_type.model}", object_id, text)


def shortened(text: str | None) -> str:
    """The beginning of a text that may be megabytes long."""
    return Truncator(text).chars(SHOWN_CHARACTERS) if text else NOTHING
