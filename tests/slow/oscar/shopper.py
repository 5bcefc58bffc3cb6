"""Somebody who buys in the shop, through the shop's own API (django-oscar-api)."""

from __future__ import annotations

from typing import Any

import requests

from omnitron.local.demo_shop import CUSTOMER, STAFF

ZEYNEP = {
    "first_name": "Zeynep",
    "last_name": "Kaya",
    "line1": "Bağdat Caddesi No: 101 D: 7",
    "line4": "İstanbul",
    "state": "Kadıköy",
    "postcode": "34710",
    "phone_number": "+905321112233",
    "notes": "Kapıcıya bırakılabilir",
}
GUEST_EMAIL = "zeynep.kaya@example.com"
VOUCHER = "HOSGELDIN"


class Shopper:
    """One visit, of a guest or of the shop's customer."""

    def __init__(self, address: str) -> None:
        self.api = f"{address}/api/"
        self.session = requests.Session()

    def log_in(self, password: str) -> None:
        """As the customer; where one is logged in, every request that changes something names its origin."""
        self._post("login/", username=CUSTOMER, password=password)
        self.session.headers["X-CSRFToken"] = self.session.cookies["csrftoken"]

    def add(self, sku: str, *, quantity: int = 1) -> None:
        products = self._get("products/")
        url = next(product["url"] for product in products if product["upc"] == sku)
        self._post("basket/add-product/", url=url, quantity=quantity)

    def use_voucher(self) -> None:
        self._post("basket/add-voucher/", vouchercode=VOUCHER)

    def check_out(
        self, *, shipping: str, address: dict[str, Any] = ZEYNEP, guest_email: str | None = GUEST_EMAIL
    ) -> dict[str, Any]:
        """Place the order for what is in the basket; the order as the shop confirms it."""
        placed = {"basket": self._get("basket/")["url"], "shipping_method_code": shipping}
        placed["shipping_address"] = address | {"country": f"{self.api}countries/TR/"}
        if guest_email is not None:
            placed["guest_email"] = guest_email
        return self._post("checkout/", **placed)

    def _get(self, path: str) -> Any:
        return self._json(self.session.get(self.api + path))

    def _post(self, path: str, **body: Any) -> Any:
        return self._json(self.session.post(self.api + path, json=body))

    def _json(self, answer: requests.Response) -> Any:
        assert answer.ok, f"{answer.request.method} {answer.url}: {answer.status_code} {answer.text[:500]}"
        return answer.json()


class ShopStaff:
    """The API for staff, asked directly: what the shop itself says of its orders."""

    def __init__(self, address: str, *, password: str) -> None:
        self.api = f"{address}/api/staff/"
        self.session = requests.Session()
        answer = self.session.post(f"{self.api}login/", json={"username": STAFF, "password": password})
        answer.raise_for_status()
        self.token = answer.json()["token"]
        self.session.headers["Authorization"] = f"Token {self.token}"

    def page(self, **params: Any) -> dict[str, Any]:
        answer = self.session.get(f"{self.api}orders/", params=params)
        answer.raise_for_status()
        return answer.json()

    def order(self, number: str) -> dict[str, Any]:
        [order] = self.page(number=number)["results"]
        return order

    def change(self, number: str, **body: Any) -> requests.Response:
        return self.session.post(f"{self.api}orders/{number}/changes/", json=body)
