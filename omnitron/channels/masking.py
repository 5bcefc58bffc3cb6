"""What a channel sent, fit to be shown: whoever mends a mapping need not learn who bought. Pure.

By the key: names, addresses, contacts, tax and identity numbers, notes, secrets, in the spellings channels use. By
the value, wherever it stands: e-mail and phone, IBAN, card number. Places (city, district), SKUs, amounts, dates
and ids stay, for they are what an order is parked for; so do empty values, for what is missing is a cause too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

MASK = "********"

_TURKISH = str.maketrans("çğıöşüÇĞİÖŞÜ", "cgiosuCGIOSU")
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

# In a key, whatever stands around it: "customerFirstName", "billing_e_mail", "tcIdentityNumber".
_PERSONAL_PARTS = (
    *(
        "firstname",
        "lastname",
        "fullname",
        "surname",
        "middlename",
        "nickname",
        "username",
        "soyad",
        "adsoyad",
    ),
    *("customername", "buyername", "recipientname", "receivername", "contactname", "companyname", "holder"),
    *("email", "eposta", "phone", "telefon", "gsm", "birth"),
    *("identitynumber", "identityno", "nationalid", "passport", "kimlik", "tckn"),
    *("taxnumber", "taxno", "taxid", "taxoffice", "vergino", "vergidairesi", "vkn", "vatnumber"),
    *(
        "fulladdress",
        "addressline",
        "addresstext",
        "addressdetail",
        "address1",
        "address2",
        "street",
        "acikadres",
    ),
    *("postcode", "postalcode", "postakodu", "zipcode", "latitude", "longitude", "remoteaddr", "ipaddress"),
    *("iban", "cardnumber", "cardno", "pannumber", "cvv", "cvc"),
    *(
        "password",
        "passwd",
        "secret",
        "token",
        "apikey",
        "authorization",
        "credential",
        "signature",
        "cookie",
    ),
)
# A key that is just this.
_PERSONAL_NAMES = frozenset({"ad", "tel", "mobile", "fax", "zip", "pan", "ip", "clientip", "note", "notes"})
_PERSONAL_NAMES |= {"giftnote", "giftboxnote", "customernote", "ordernote", "message", "comment", "comments"}
# Words that say a person or their address follows; there, a plain "name" or "line" is theirs.
_PERSON = frozenset(
    {"address", "adres", "customer", "musteri", "buyer", "recipient", "receiver", "alici", "user"}
)
_PERSON |= {"guest", "person", "contact", "addresses"}
_OF_A_PERSON = frozenset({"name", "title", "company", "text", "line", "line1", "line2", "line3", "line4"})
_OF_A_PERSON |= {"apartment", "building", "neighborhoodtext", "description"}
_PLACES = frozenset({"city", "country", "township", "district", "province", "county", "state", "region"})
_PLACES |= {"neighborhood", "neighbourhood", "quarter", "town", "il", "ilce", "mahalle", "semt"}
# What such a key ends with when it does not hold the person or address itself.
_ABOUT = frozenset({"id", "ids", "code", "type", "status", "count", "date", "kind", "set"})

_VALUES = (
    re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b"),
    re.compile(r"(?<![\w+])(?:\+|00)[1-9]\d{0,2}[ ()./-]*(?:\d[ ()./-]*){7,11}\d\b"),
    re.compile(r"(?<!\w)0?\(?0?5\d{2}\)?[ .-]\d{3}[ .-]?\d{2}[ .-]?\d{2}\b|(?<!\w)05\d{9}\b"),
)
_CARD = re.compile(r"(?<![\w-])[2-6]\d{3}(?:[ -]?\d{3,6}){2,4}(?![\w-])")


def masked(payload: Any) -> Any:
    """`payload`, JSON as a channel sent it, with what concerns a person replaced by asterisks."""
    return _masked(payload, is_person=False)


def masked_text(text: str) -> str:
    """`text` with e-mails, phones, IBANs and card numbers in it replaced by asterisks."""
    for pattern in _VALUES:
        text = pattern.sub(MASK, text)
    return _CARD.sub(lambda found: MASK if _is_card(found.group()) else found.group(), text)


def hidden_texts(payload: Any) -> set[str]:
    """The texts in `payload` that `masked` replaces as a whole."""
    return set(_hidden_texts(payload, masked(payload)))


def _hidden_texts(payload: Any, shown: Any) -> Iterator[str]:
    if isinstance(payload, Mapping):
        for key, value in payload.items():
            yield from _hidden_texts(value, shown[key])
    elif isinstance(payload, str):
        if payload and shown == MASK:
            yield payload
    elif isinstance(payload, Sequence):
        for value, of_it in zip(payload, shown, strict=True):
            yield from _hidden_texts(value, of_it)


def _masked(value: Any, *, is_person: bool) -> Any:
    if isinstance(value, Mapping):
        return {key: _member(str(key), member, is_person=is_person) for key, member in value.items()}
    if isinstance(value, str):
        return masked_text(value)
    if isinstance(value, Sequence):
        return [_masked(member, is_person=is_person) for member in value]
    if isinstance(value, int) and not isinstance(value, bool) and _is_card(str(value)):
        return MASK
    return value


def _member(key: str, value: Any, *, is_person: bool) -> Any:
    words = [word.lower() for word in _WORDS.findall(key.translate(_TURKISH))]
    name = "".join(words)
    if _is_personal(name) or (is_person and name in _OF_A_PERSON):
        return _hidden(value)
    if name in _PLACES:
        return _masked(value, is_person=False)
    if not _PERSON & set(words):
        return _masked(value, is_person=is_person)
    is_about = words[-1] in _ABOUT
    if isinstance(value, str) and not is_about:
        return _hidden(value)
    return _masked(value, is_person=is_person or not is_about)


def _is_personal(name: str) -> bool:
    return name in _PERSONAL_NAMES or any(part in name for part in _PERSONAL_PARTS)


def _hidden(value: Any) -> Any:
    """Everything below; what is empty, or yes or no, tells of nobody."""
    if isinstance(value, Mapping):
        return {key: _hidden(member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [_hidden(member) for member in value]
    return value if value in (None, "") or isinstance(value, bool) else MASK


def _is_card(text: str) -> bool:
    """Whether these are the digits of a card: as many as one has, its first digit, and Luhn's check digit."""
    digits = [int(sign) for sign in text if sign.isdigit()]
    if not (13 <= len(digits) <= 19 and 2 <= digits[0] <= 6):
        return False
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0
