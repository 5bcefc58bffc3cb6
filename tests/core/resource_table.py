"""The plain resources: where each is, how a row of it is made, and a body that makes another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from factory.django import DjangoModelFactory

from tests.factories import catalogs, channels, customers, payments

Body = Callable[[], dict[str, Any]]


@dataclass(frozen=True)
class Resource:
    """`permission` is the `<app>.<model>` part of the permissions; without `body` it cannot be written."""

    path: str
    factory: type[DjangoModelFactory]
    keys: str
    body: Body | None = None

    @property
    def url(self) -> str:
        return f"/api/v1/{self.path}/"

    def permission(self, verb: str) -> str:
        options = self.factory._meta.get_model_class()._meta
        return f"{options.app_label}.{verb}_{options.model_name}"

    @property
    def expected_keys(self) -> list[str]:
        return self.keys.split()


def _address_body() -> dict[str, Any]:
    district = customers.DistrictFactory()
    return {
        "customer": customers.CustomerFactory().pk,
        "first_name": "Ayşe",
        "last_name": "Yılmaz",
        "country": district.city.country_id,
        "city": district.city_id,
        "line": "Moda Caddesi 1",
    }


def _district_body() -> dict[str, Any]:
    township = customers.TownshipFactory()
    return {"name": "Caferağa", "city": township.city_id, "township": township.pk}


_DATES = "created_date modified_date"
_PAYMENT = "pk order transaction_type status amount currency transaction_date reference extra_field"

PLAIN = (
    Resource(
        "channels",
        channels.ChannelFactory,
        "pk name channel_type catalog modified_date created_date category_tree is_active conf schema",
        lambda: {"name": "Web", "channel_type": "web"},
    ),
    Resource(
        "data_sources",
        channels.DataSourceFactory,
        f"pk name code is_active {_DATES}",
        lambda: {"name": "Vendor", "code": "vendor"},
    ),
    Resource(
        "external_statuses",
        channels.ExternalStatusFactory,
        f"pk name code {_DATES}",
        lambda: {"name": "On its way", "code": "on its way"},
    ),
    Resource(
        "catalogs",
        catalogs.CatalogFactory,
        "pk name stock_list price_list category_tree priority_list extra_stock_lists extra_price_lists "
        + _DATES,
        lambda: {
            "name": "Summer",
            "stock_list": catalogs.StockListFactory().pk,
            "price_list": catalogs.PriceListFactory().pk,
            "extra_price_lists": [catalogs.PriceListFactory().pk],
        },
    ),
    Resource(
        "price_lists",
        catalogs.PriceListFactory,
        f"pk name code currency is_auto_sync {_DATES}",
        lambda: {"name": "Retail", "code": "retail", "currency": "eur"},
    ),
    Resource(
        "stock_lists",
        catalogs.StockListFactory,
        f"pk name code is_auto_sync {_DATES}",
        lambda: {"name": "Main", "code": "main"},
    ),
    Resource(
        "products",
        catalogs.ProductFactory,
        "pk sku name base_code listing_code product_type data_source parent attributes attributes_kwargs "
        f"localized_attributes localized_attributes_kwargs extra_field is_active {_DATES}",
        lambda: {"sku": "A-1", "name": "Shirt", "attributes": {"color": "red"}},
    ),
    Resource(
        "product_prices",
        catalogs.ProductPriceFactory,
        "pk product price_list price retail_price tax_rate currency_type discount_percentage price_type "
        f"extra_field {_DATES}",
        lambda: {
            "product": catalogs.ProductFactory().pk,
            "price_list": catalogs.PriceListFactory().pk,
            "price": "19.90",
            "tax_rate": "20.00",
        },
    ),
    Resource(
        "product_stocks",
        catalogs.ProductStockFactory,
        f"pk product stock_list unit_type stock sold_quantity_unreported extra_field {_DATES}",
        lambda: {
            "product": catalogs.ProductFactory().pk,
            "stock_list": catalogs.StockListFactory().pk,
            "stock": 7,
        },
    ),
    Resource(
        "product_images",
        catalogs.ProductImageFactory,
        f"pk product image order source width height hash is_active {_DATES}",
        lambda: {"product": catalogs.ProductFactory().pk, "image": "/media/shirt.jpg"},
    ),
    Resource(
        "product_categories",
        catalogs.ProductCategoryFactory,
        f"pk product category {_DATES}",
        lambda: {"product": catalogs.ProductFactory().pk, "category": catalogs.CategoryNodeFactory().pk},
    ),
    Resource(
        "customers",
        customers.CustomerFactory,
        "pk channel email first_name last_name phone_number is_active channel_code erp_code extra_field "
        "modified_date created_date date_joined email_allowed sms_allowed call_allowed gender attributes "
        "user_type date_of_birth attributes_kwargs localized_attributes localized_attributes_kwargs",
        lambda: {
            "channel": channels.ChannelFactory().pk,
            "email": "Ayse.Yilmaz@Example.com",
            "first_name": "Ayşe",
            "last_name": "Yılmaz",
        },
    ),
    Resource(
        "addresses",
        customers.AddressFactory,
        "pk email phone_number first_name last_name country city line title township district postcode notes "
        "company_name tax_office tax_no e_bill_taxpayer hash_data address_type retail_store remote_id "
        f"identity_number extra_field customer is_active {_DATES}",
        _address_body,
    ),
    Resource(
        "countries",
        customers.CountryFactory,
        f"pk name code is_active translations {_DATES}",
        lambda: {"name": "Türkiye", "code": "tr"},
    ),
    Resource(
        "cities",
        customers.CityFactory,
        f"pk name country postcode is_active translations {_DATES}",
        lambda: {"name": "İstanbul", "country": customers.CountryFactory().pk},
    ),
    Resource(
        "townships",
        customers.TownshipFactory,
        f"pk name city postcode is_active translations {_DATES}",
        lambda: {"name": "Kadıköy", "city": customers.CityFactory().pk},
    ),
    Resource(
        "districts",
        customers.DistrictFactory,
        f"pk name city township postcode is_active translations {_DATES}",
        _district_body,
    ),
    Resource(
        "retail_stores",
        customers.RetailStoreFactory,
        f"pk name erp_code email phone_number is_active extra_field {_DATES}",
        lambda: {"name": "Moda", "erp_code": "moda"},
    ),
    Resource(
        "payment_options",
        payments.PaymentOptionFactory,
        f"pk name slug payment_type is_active {_DATES}",
        lambda: {"name": "Card", "slug": "card", "payment_type": "credit_card"},
    ),
    Resource(
        "banks", payments.BankFactory, f"pk name slug {_DATES}", lambda: {"name": "Bank", "slug": "bank"}
    ),
    Resource(
        "cards",
        payments.CardFactory,
        f"pk name slug bank {_DATES}",
        lambda: {"name": "Bonus", "slug": "bonus", "bank": payments.BankFactory().pk},
    ),
    Resource(
        "bin_numbers",
        payments.BinNumberFactory,
        f"pk bin_number card {_DATES}",
        lambda: {"bin_number": "450634", "card": payments.CardFactory().pk},
    ),
    Resource(
        "installments",
        payments.InstallmentFactory,
        f"pk label card installment_count interest_rate is_active {_DATES}",
        lambda: {"label": "In three parts", "installment_count": 3, "interest_rate": "1.50"},
    ),
    Resource(
        "pos",
        payments.PosFactory,
        f"pk name slug gateway channel {_DATES}",
        lambda: {"name": "POS", "slug": "pos", "gateway": "demo"},
    ),
    Resource(
        "transactions",
        payments.TransactionFactory,
        f"{_PAYMENT} pos bin_number installment_count {_DATES}",
    ),
    Resource(
        "order_transactions",
        payments.TransactionFactory,
        f"{_PAYMENT} pos bin_number installment_count {_DATES}",
    ),
    Resource(
        "funds_transfer_transactions",
        payments.FundsTransferTransactionFactory,
        f"{_PAYMENT} bank iban holder_name {_DATES}",
    ),
    Resource(
        "pay_on_delivery_transactions", payments.PayOnDeliveryTransactionFactory, f"{_PAYMENT} {_DATES}"
    ),
    Resource("loyalty_transactions", payments.LoyaltyTransactionFactory, f"{_PAYMENT} {_DATES}"),
    Resource("bex_transactions", payments.BexTransactionFactory, f"{_PAYMENT} {_DATES}"),
    Resource(
        "cash_register_transactions",
        payments.CashRegisterTransactionFactory,
        f"{_PAYMENT} retail_store {_DATES}",
    ),
)
WRITABLE = tuple(resource for resource in PLAIN if resource.body is not None)
READ_ONLY = tuple(resource for resource in PLAIN if resource.body is None)
