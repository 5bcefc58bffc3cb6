"""What is shown of what a channel sent."""

from __future__ import annotations

from typing import Any

import pytest

from omnitron.channels.masking import MASK, masked, masked_text


@pytest.mark.parametrize(
    "key",
    [
        *(
            "firstName",
            "lastName",
            "customerFirstName",
            "first_name",
            "LAST_NAME",
            "fullName",
            "Soyadı",
            "adSoyad",
        ),
        *("email", "customerEmail", "guest_email", "eMail", "e-mail", "ePosta"),
        *("phone", "phone_number", "gsmNumber", "telefonNo", "phoneNumber2"),
        *("address1", "address2", "fullAddress", "addressLine", "line1_street", "postalCode", "postcode"),
        *(
            "tcIdentityNumber",
            "identityNumber",
            "taxNumber",
            "tax_no",
            "taxOffice",
            "vergiNo",
            "TCKN",
            "identity_number",
        ),
        *("iban", "cardHolderName", "card_number", "bank_iban", "birthDate"),
        *(
            "token",
            "access_token",
            "apiKey",
            "password",
            "client_secret",
            "Authorization",
            "notes",
            "customerNote",
        ),
        *("shippingAddress", "billing_address", "customer", "recipient"),
    ],
)
def test_what_a_key_calls_personal_is_masked(key: str) -> None:
    assert masked({key: "x", "below": [{key: 7}]})[key] == MASK


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *[
            ("city", "İstanbul"),
            ("district", "Kadıköy"),
            ("countryCode", "TR"),
            ("sku", "A-1"),
            ("barcode", "869123"),
        ],
        *[
            ("productName", "Kettle"),
            ("name", "Kettle"),
            ("cargoProviderName", "Aras"),
            ("shipping_company", "ups"),
        ],
        *[
            ("customerId", 99),
            ("shipmentAddressId", 12),
            ("orderNumber", "10654411111"),
            ("taxRate", "20.00"),
        ],
        *[("orderDate", 1542801149863), ("email", ""), ("phone", None), ("e_bill_taxpayer", True)],
        *[("price", 12.5), ("currency", "TRY"), ("status", "Created"), ("trackingNumber", "7330000123456")],
    ],
)
def test_what_an_order_is_mended_by_stays(key: str, value: Any) -> None:
    assert masked({key: value}) == {key: value}


def test_within_a_person_or_address_the_plain_words_are_theirs() -> None:
    payload = {
        "shipmentAddress": {
            "id": 11,
            "name": "Ayşe Yılmaz",
            "line4": "Moda Cad. 1",
            "city": {"name": "İstanbul", "code": 34},
            "phones": ["0555", {"number": "0556"}],
        },
        "lines": [{"name": "Kettle", "title": "Steel"}],
    }

    assert masked(payload) == {
        "shipmentAddress": {
            "id": 11,
            "name": MASK,
            "line4": MASK,
            "city": {"name": "İstanbul", "code": 34},
            "phones": [MASK, {"number": MASK}],
        },
        "lines": [{"name": "Kettle", "title": "Steel"}],
    }


@pytest.mark.parametrize(
    "value",
    [
        *(
            "ayse.yilmaz+1@example.com.tr",
            "+90 555 123 45 67",
            "+905551234567",
            "0555 123 45 67",
            "05551234567",
        ),
        *(
            "(0555) 123-45-67",
            "TR33 0006 1005 1978 6457 8413 26",
            "TR330006100519786457841326",
            "DE89370400440532013000",
        ),
        *("4111 1111 1111 1111", "5555555555554444", "378282246310005"),
    ],
)
def test_what_looks_personal_is_masked_wherever_it_stands(value: str) -> None:
    assert value not in masked_text(f"said {value}, twice")
    assert (
        masked({"anything": [value]}) == {"anything": [MASK]}
        or MASK in masked({"anything": [value]})["anything"][0]
    )
    assert masked_text(f"said {value}, twice").startswith("said ")
    assert masked_text(f"said {value}, twice").endswith(", twice")


@pytest.mark.parametrize(
    "value",
    [
        *("10654411111", "7330000123456789", "2026-03-01T10:11:12+03:00", "8690000000001", "1542801149863"),
        *("4111-1111-1111-1112", "SKU 555-1234", "12.500,00", "a1b2c3d4-e5f6-4711-8911-111111111111"),
    ],
)
def test_numbers_that_are_nobodys_stay(value: str) -> None:
    assert masked_text(value) == value


def test_a_card_given_as_a_number_is_masked() -> None:
    assert masked({"ref": [5555555555554444, 5555555555554445]}) == {"ref": [MASK, 5555555555554445]}
