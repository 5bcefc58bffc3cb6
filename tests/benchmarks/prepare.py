"""Fills the database to measure on: migrations, demo data, orders, products to sell, and a user.

A process of its own: it runs under the application's settings, the benchmark itself under none.
"""

from __future__ import annotations

import argparse
import os

import django
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection

USERNAME, PASSWORD = "benchmark", "a password for one run"
PERMISSIONS = ["view_order", "add_order", "cancel_order"]
# More than the demo data sells: eight buyers at once would otherwise wait for each other's stock.
PRODUCTS = 1000


def prepare(orders: int) -> None:
    call_command("migrate", verbosity=0)
    call_command("load_demo_data", verbosity=0)
    call_command("generate_orders", orders=orders)
    _create_products()
    _create_user()
    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")


def _create_products() -> None:
    product_model = apps.get_model("catalogs", "Product")
    stock_model = apps.get_model("catalogs", "ProductStock")
    stock_list = apps.get_model("catalogs", "StockList").objects.order_by("pk").first()
    products = product_model.objects.bulk_create(
        product_model(sku=f"BENCH-{number}", name=f"Product {number}", base_code=f"BENCH-{number}")
        for number in range(PRODUCTS)
    )
    stock_model.objects.bulk_create(
        stock_model(product=product, stock_list=stock_list, stock=1_000_000) for product in products
    )


def _create_user() -> None:
    user = get_user_model().objects.create_user(USERNAME, password=PASSWORD)
    user.user_permissions.set(
        apps.get_model("auth", "Permission").objects.filter(
            content_type__app_label="orders", codename__in=PERMISSIONS
        )
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--orders", type=int, required=True)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "omnitron.settings")
    django.setup()
    prepare(parser.parse_args().orders)
