"""`python -m tests.slow.oscar.record`: write anew what a real shop answers, for the tests that do without one.

The shop is a fresh one, in a directory that is gone afterwards.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from omnitron.local.demo_shop import DemoShop
from omnitron.local.paths import PROJECT_ROOT
from tests.slow.oscar.ports import free_port
from tests.slow.oscar.shopper import Shopper, ShopStaff

RECORDED = PROJECT_ROOT / "fixtures" / "channels" / "oscar"


def buy_everything_there_is_to_know(shop: DemoShop) -> ShopStaff:
    """Four orders: new; with a voucher, of a customer; in parts shipped, cancelled and returned; cancelled."""
    staff = ShopStaff(shop.address, password=shop.password)
    guest = Shopper(shop.address)
    guest.add("KHV-1013-250", quantity=3)
    guest.add("KTP-1014-TR")
    guest.check_out(shipping="standart-kargo")

    customer = Shopper(shop.address)
    customer.log_in(shop.password)
    customer.add("KZK-1001-LCV-M")
    customer.add("SAT-1010-GMS", quantity=2)
    customer.use_voucher()
    customer.check_out(shipping="hizli-kargo", guest_email=None)

    parts = Shopper(shop.address)
    parts.add("TSH-1005-GRI-S", quantity=3)
    parts.add("FNR-1015-LED")
    number = parts.check_out(shipping="standart-kargo")["number"]
    tshirts, _ = [line["id"] for line in staff.order(number)["lines"]]
    staff.change(number, status="Cancelled", lines=[{"id": tshirts, "quantity": 1}]).raise_for_status()
    staff.change(number, status="Shipped", tracking_number="7340011223344").raise_for_status()
    staff.change(number, status="Delivered").raise_for_status()
    staff.change(number, status="Returned", lines=[{"id": tshirts, "quantity": 1}]).raise_for_status()

    regret = Shopper(shop.address)
    regret.add("GML-1002-BYZ-L")
    number = regret.check_out(shipping="standart-kargo")["number"]
    staff.change(number, status="Cancelled").raise_for_status()
    return staff


def _write(name: str, answer: Any) -> None:
    text = json.dumps(answer, ensure_ascii=False, indent=1)
    (RECORDED / f"{name}.json").write_text(f"{text}\n", encoding="utf-8")


def main() -> None:
    with tempfile.TemporaryDirectory() as directory:
        shop = DemoShop(state=Path(directory), port=free_port(), password="ceviz-agaci-7")
        shop.prepare()
        with shop.running():
            staff = buy_everything_there_is_to_know(shop)
            first = staff.page(page_size=2)
            _write("orders_first_page", first)
            _write("orders_last_page", staff.session.get(first["next"]).json())
            _write("refused_change", staff.change(first["results"][0]["number"], status="Returned").json())


if __name__ == "__main__":
    main()
