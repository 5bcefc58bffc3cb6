"""Admin of promotions, and of the discounts orders got by them."""

from __future__ import annotations

from django.contrib import admin
from unfold.decorators import display

from omnitron.core.admin_base import OmnitronAdmin, ReadOnlyAdmin
from omnitron.core.admin_display import money
from omnitron.core.admin_filters import ScopedRelatedFilter
from omnitron.orders.admin.columns import OrderLink
from omnitron.orders.admin.inlines import BenefitInline, ConditionInline
from omnitron.orders.models import BenefitApplicant, ConditionApplicant, DiscountItem, Promotion


@admin.register(Promotion)
class PromotionAdmin(OmnitronAdmin):
    list_display = ("name", "slug", "modified_date")
    search_fields = ("name", "slug")
    is_deletable = True


@admin.register(DiscountItem)
class DiscountItemAdmin(OrderLink, ReadOnlyAdmin):
    list_display = ("id", "order_link", "name", "shown_amount", "cancel_amount", "promotion", "code")
    list_filter = (("order__channel", ScopedRelatedFilter),)
    list_select_related = ("order", "promotion")
    detail_select_related = list_select_related
    search_fields = ("order__number__exact",)
    search_help_text = "The whole number of the order"
    inlines = (BenefitInline, ConditionInline)

    @display(description="amount", ordering="amount")
    def shown_amount(self, discount: DiscountItem) -> str:
        return money(discount.amount, discount.order.currency)


class _ApplicantAdmin(OrderLink, ReadOnlyAdmin):
    order_path = ("order_item", "order")
    list_select_related = ("order_item__order", "discount_item")
    detail_select_related = ("order_item", "discount_item")
    search_fields = ("order_item__order__number__exact",)
    search_help_text = "The whole number of the order"


@admin.register(BenefitApplicant)
class BenefitApplicantAdmin(_ApplicantAdmin):
    list_display = ("id", "order_link", "discount_item", "order_item", "amount")


@admin.register(ConditionApplicant)
class ConditionApplicantAdmin(_ApplicantAdmin):
    list_display = ("id", "order_link", "discount_item", "order_item")
