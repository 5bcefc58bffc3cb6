"""How single values come in and go out."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from psycopg2.extras import DateTimeTZRange
from rest_framework.exceptions import ValidationError
from rest_framework.serializers import Field

from omnitron.core.resources.fields import (
    DateTimeRangeField,
    EnumField,
    EnumLabelField,
    JSONObjectField,
    UtcDateField,
    UtcDateTimeField,
)
from omnitron.customers.enums import Gender
from omnitron.omnicore.orders.enums import OrderStatus
from omnitron.orders.resources.serializers import NewOrderSerializer


def refusals_of(field: Field, values: list[Any]) -> list[Any]:
    """Those of `values` that `field` refuses."""
    refused = []
    for value in values:
        try:
            field.run_validation(value)
        except ValidationError:
            refused.append(value)
    return refused


@pytest.mark.parametrize("given", ["400", 400, "approved"])
def test_an_enum_is_given_by_code_or_name(given: Any) -> None:
    assert EnumField(OrderStatus.choices).run_validation(given) == 400


def test_an_enum_goes_out_as_text() -> None:
    field = EnumField(OrderStatus.choices)

    assert (field.to_representation(400), field.to_representation(OrderStatus.APPROVED)) == ("400", "400")
    assert field.to_representation(None) is None
    assert EnumLabelField(OrderStatus.choices).to_representation(100) == "canceled"


def test_what_is_no_member_is_refused() -> None:
    wrong = ["401", 401, 400.0, True, "APPROVED", " 400", "", None, [400], {}]

    assert refusals_of(EnumField(OrderStatus.choices), wrong) == wrong


def test_nothing_is_null_where_null_is_allowed() -> None:
    field = EnumField(Gender.choices, allow_null=True)

    assert (field.run_validation(""), field.run_validation(None)) == (None, None)


MOMENT = datetime(2020, 12, 24, 9, 7, 54, 639779, tzinfo=UTC)


@pytest.mark.parametrize(
    "given",
    [
        "2020-12-24T09:07:54.639779Z",
        "2020-12-24 09:07:54.639779",
        "2020-12-24T12:07:54.639779+03:00",
        "2020-12-24T09:07:54.639779",
    ],
)
def test_a_moment_is_utc_unless_it_says_otherwise(given: str) -> None:
    field = UtcDateTimeField()

    assert field.run_validation(given) == MOMENT
    assert field.to_representation(MOMENT) == "2020-12-24T09:07:54.639779Z"
    assert field.to_representation(MOMENT.replace(microsecond=0)) == "2020-12-24T09:07:54.000000Z"


def test_what_is_no_moment_is_refused() -> None:
    wrong = [
        "2020-13-01T00:00:00Z",
        "2020-02-30T00:00:00",
        "1899-12-31T23:59:59Z",
        "2200-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "0001-01-01T00:00:00+14:00",
        "yesterday",
        "2020",
        "",
        1608800874,
        True,
        None,
        [],
        {},
    ]

    assert refusals_of(UtcDateTimeField(), wrong) == wrong


@pytest.mark.parametrize("given", ["2020-02-29", "2020-02-29T23:30:00Z", "2020-02-29 23:30:00.5"])
def test_a_day_may_come_as_a_moment(given: str) -> None:
    assert UtcDateField().run_validation(given) == date(2020, 2, 29)


def test_what_is_no_day_is_refused() -> None:
    wrong = ["2019-02-29", "1899-12-31", "9999-01-01", "29.02.2020", "", 20200229, True, None]

    assert refusals_of(UtcDateField(), wrong) == wrong


@pytest.mark.parametrize(
    "given",
    [
        {"lower": "2020-01-01T00:00:00Z", "upper": "2020-01-02T00:00:00Z"},
        {"start": "2020-01-01T00:00:00Z", "end": "2020-01-02T00:00:00Z"},
        {"lower": "2020-01-01T03:00:00+03:00", "upper": "2020-01-02 00:00:00", "bounds": "[)"},
    ],
)
def test_a_span_of_time_has_two_ends(given: dict[str, str]) -> None:
    span = DateTimeRangeField().run_validation(given)

    assert span == DateTimeTZRange(datetime(2020, 1, 1, tzinfo=UTC), datetime(2020, 1, 2, tzinfo=UTC), "[)")
    assert DateTimeRangeField().to_representation(span) == {
        "lower": "2020-01-01T00:00:00.000000Z",
        "upper": "2020-01-02T00:00:00.000000Z",
        "bounds": "[)",
    }


def test_an_end_of_a_span_may_be_open() -> None:
    span = DateTimeRangeField().run_validation({"lower": None, "upper": "2020-01-02T00:00:00Z"})

    assert span == DateTimeTZRange(None, datetime(2020, 1, 2, tzinfo=UTC), "[)")
    assert DateTimeRangeField().to_representation(span)["lower"] is None


def test_what_is_no_span_is_refused() -> None:
    day = "2020-01-01T00:00:00Z"
    wrong = [
        {"lower": "2020-01-02T00:00:00Z", "upper": day},
        {"lower": day, "upper": day, "bounds": "[]"},
        {"lower": day, "start": day},
        {"lower": day, "colour": "red"},
        {"lower": "x"},
        {"lower": "9999-01-01T00:00:00Z"},
        [day, day],
        day,
        True,
    ]

    assert refusals_of(DateTimeRangeField(), wrong) == wrong


def test_a_json_object_is_an_object() -> None:
    wrong = [[], "x", 1, True, None, '{"a": 1}']

    assert refusals_of(JSONObjectField(), wrong) == wrong
    assert JSONObjectField().run_validation({"a": [1, None]}) == {"a": [1, None]}


def test_a_request_has_fields_of_its_own() -> None:
    first, second = NewOrderSerializer().fields, NewOrderSerializer().fields

    assert list(first) == list(second) == list(NewOrderSerializer.Meta.fields)
    assert [name for name in first if first[name] is second[name]] == []
    assert first["orderitem_set"].child is not second["orderitem_set"].child
    assert repr(first["extra_field"]) == repr(second["extra_field"])
