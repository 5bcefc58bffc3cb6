"""The admin's side bar: every model by subject, as far as the user may see it."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib.admin import site
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst

# A subject, and its models with their icons.
SUBJECTS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "Orders",
        (
            ("orders.Order", "shopping_bag"),
            ("orders.OrderItem", "list_alt"),
            ("orders.CancellationRequest", "assignment_return"),
            ("orders.CancellationPlan", "cancel"),
            ("orders.Refund", "payments"),
            ("orders.Package", "package_2"),
            ("orders.VendorOrder", "storefront"),
            ("orders.TrackingUpload", "upload_file"),
        ),
    ),
    (
        "Channels",
        (
            ("channels.Channel", "hub"),
            ("channels.ParkedOrder", "local_parking"),
            ("channels.PullWindow", "view_timeline"),
            ("channels.PullState", "monitor_heart"),
            ("channels.PulledOrder", "download"),
            ("channels.PullCount", "pin"),
            ("channels.CredentialBudget", "speed"),
            ("channels.BatchRequest", "stacks"),
            ("channels.ErrorReport", "error"),
            ("channels.OperationalEvent", "event_note"),
            ("channels.IntegrationAction", "sync"),
            ("channels.IntegrationMapping", "swap_horiz"),
            ("channels.ExternalStatus", "label"),
            ("channels.DataSource", "factory"),
            ("orders.Reconciliation", "balance"),
        ),
    ),
    (
        "Catalog",
        (
            ("catalogs.Product", "sell"),
            ("catalogs.ProductPrice", "price_change"),
            ("catalogs.ProductStock", "inventory_2"),
            ("catalogs.ProductImage", "image"),
            ("catalogs.ProductCategory", "category"),
            ("catalogs.Catalog", "menu_book"),
            ("catalogs.PriceList", "request_quote"),
            ("catalogs.StockList", "warehouse"),
            ("catalogs.CategoryTree", "account_tree"),
            ("catalogs.CategoryNode", "folder"),
        ),
    ),
    (
        "Attributes of channels",
        (
            ("attributes.MarketplaceAttributeSet", "rule_folder"),
            ("attributes.MarketplaceAttributeSetConfig", "folder_managed"),
            ("attributes.MarketplaceAttribute", "tune"),
            ("attributes.MarketplaceAttributeConfig", "checklist"),
            ("attributes.MarketplaceAttributeValue", "format_list_bulleted"),
            ("attributes.MarketplaceAttributeValueConfig", "playlist_add_check"),
            ("attributes.MarketplaceAttributeSchema", "conversion_path"),
        ),
    ),
    (
        "Customers",
        (
            ("customers.Customer", "group"),
            ("customers.Address", "home_pin"),
            ("customers.RetailStore", "store"),
            ("customers.Country", "public"),
            ("customers.City", "location_city"),
            ("customers.Township", "holiday_village"),
            ("customers.District", "signpost"),
        ),
    ),
    (
        "Payments",
        (
            ("payments.Transaction", "credit_card"),
            ("payments.FundsTransferTransaction", "account_balance"),
            ("payments.PayOnDeliveryTransaction", "local_shipping"),
            ("payments.LoyaltyTransaction", "loyalty"),
            ("payments.BexTransaction", "contactless"),
            ("payments.CashRegisterTransaction", "point_of_sale"),
            ("payments.PaymentOption", "wallet"),
            ("payments.Installment", "calendar_month"),
            ("payments.Pos", "dns"),
            ("payments.Bank", "account_balance_wallet"),
            ("payments.Card", "style"),
            ("payments.BinNumber", "pin"),
        ),
    ),
    (
        "Choices",
        (
            ("orders.CancellationReason", "help"),
            ("orders.CargoCompany", "local_shipping"),
            ("orders.Promotion", "campaign"),
        ),
    ),
    (
        "Details of orders",
        (
            ("orders.DiscountItem", "percent"),
            ("orders.BenefitApplicant", "redeem"),
            ("orders.ConditionApplicant", "rule"),
            ("orders.CancellationPlanOrderItem", "playlist_remove"),
            ("orders.DiscountItemCancellationPlan", "money_off"),
            ("orders.EasyReturn", "qr_code"),
            ("orders.PackageItem", "deployed_code"),
            ("orders.VendorOrderItem", "conveyor_belt"),
            ("orders.TrackingUploadRow", "table_rows"),
        ),
    ),
    (
        "Users",
        (
            ("users.User", "person"),
            ("auth.Group", "groups"),
            ("users.ApiToken", "key"),
            ("users.FailedLogin", "no_accounts"),
        ),
    ),
    (
        "System",
        (
            ("core.AuditLog", "history"),
            ("core.IdempotencyKey", "fingerprint"),
            ("core.RowCountChange", "tag"),
            ("django_celery_beat.PeriodicTask", "schedule"),
            ("django_celery_beat.IntervalSchedule", "timer"),
            ("django_celery_beat.CrontabSchedule", "calendar_clock"),
            ("django_celery_beat.SolarSchedule", "wb_sunny"),
            ("django_celery_beat.ClockedSchedule", "alarm"),
        ),
    ),
)
OPEN_SUBJECTS = {"Orders"}


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """Unfold's SIDEBAR navigation."""
    subjects = [{"items": [{"title": "Dashboard", "icon": "dashboard", "link": reverse("admin:index")}]}]
    for title, models in SUBJECTS:
        if items := [_item(label, icon) for label, icon in models if _is_visible(label, request)]:
            subjects.append({"title": title, "collapsible": title not in OPEN_SUBJECTS, "items": items})
    return subjects


def _is_visible(label: str, request: HttpRequest) -> bool:
    return site.get_model_admin(apps.get_model(label)).has_view_or_change_permission(request)


def _item(label: str, icon: str) -> dict[str, Any]:
    model = apps.get_model(label)._meta
    link = reverse(f"admin:{model.app_label}_{model.model_name}_changelist")
    return {"title": capfirst(model.verbose_name_plural), "icon": icon, "link": link}
