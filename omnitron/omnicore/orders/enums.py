"""The enums the documents name under `omnicore.orders.enums`."""

from __future__ import annotations

from django.db import models


class OrderStatus(models.IntegerChoices):
    """Status of an order and of an order item.

    Stored as the code, because an order's status is the lowest of its active items and text does not sort so
    (`min(["500", "50"]) == "500"`). On the wire the code is a string ("400") and the label stands in
    `status_display`. Codes: the public order status page.
    """

    CANCELLATION_WAITING = 50, "cancellation_waiting"
    # The documents spell the member Cancelled; the API shows "canceled".
    CANCELLED = 100, "canceled"
    WAITING = 200, "waiting"
    PAYMENT_WAITING = 300, "payment_waiting"
    CONFIRMATION_WAITING = 350, "confirmation_waiting"
    APPROVED = 400, "approved"
    PREPARING = 450, "preparing"
    SHIPPED = 500, "shipped"
    SHIPPED_AND_INFORMED = 510, "shipped_and_informed"
    READY_FOR_PICKUP = 520, "ready_for_pickup"
    ATTEMPTED_DELIVERY = 540, "attempted_delivery"
    REVIEW_STARTED = 544, "review_started"
    REVIEW_WAITING = 545, "review_waiting"
    DELIVERED = 550, "delivered"
    REFUNDED = 600, "refunded"


class CancelStatus(models.TextChoices):
    """How far a cancellation or refund is; null where there never was one."""

    WAITING = "waiting", "waiting"
    CONFIRMATION_WAITING = "confirmation_waiting", "confirmation waiting"
    CONFIRMED = "confirmed", "confirmed"
    APPROVED = "approved", "approved"
    REJECTED = "rejected", "rejected"
    WAITING_FOR_PAYMENT = "waiting_for_payment", "waiting for payment"
    # The documents' spelling is the wire value; "manuel_refund_ned" in one sample is a typo of it.
    MANUEL_REFUND_NEED = "manuel_refund_need", "manual refund need"
    COMPLETED = "completed", "completed"


class ShippingCompany(models.TextChoices):
    """Carriers and integrators the public documentation names."""

    ARAS = "aras", "Aras Kargo"
    YURTICI = "yurtici", "Yurtiçi Kargo"
    MNG = "mng", "MNG Kargo"
    PTT = "ptt", "PTT Kargo"
    SURAT = "surat", "Sürat Kargo"
    UPS = "ups", "UPS"
    DHL = "dhl", "DHL"
    FEDEX = "fedex", "FedEx"
    TNT = "tnt", "TNT"
    DPD = "dpd", "DPD"
    GLS = "gls", "GLS"
    AKINON = "akinon", "Akinon"
    AY_CARGO = "ay_cargo", "AY Cargo"
    BRINGO_EXPRESS = "bringo_express", "Bringo Express"
    CARGUS = "cargus", "Cargus"
    CDEK = "cdek", "CDEK"
    FANCOURIER = "fancourier", "FAN Courier"
    KOLAY_GELSIN = "kolay_gelsin", "Kolay Gelsin"
    SAMEDAY = "sameday", "Sameday"
    SENDEO = "sendeo", "Sendeo"
    SPEEDY = "speedy", "Speedy"
    EXTERNAL_COMPANY = "external_company", "external company"


class ShippingOptionDeliveryType(models.TextChoices):
    """How an order is to be delivered; the public documentation shows `same_day`."""

    STANDARD = "standard", "standard"
    SAME_DAY = "same_day", "same day"
    NEXT_DAY = "next_day", "next day"
    CLICK_AND_COLLECT = "click_and_collect", "click and collect"


class ClientType(models.TextChoices):
    """The client an order was placed with: "Android, iOS, In-Store or default" in the documents."""

    DEFAULT = "default", "default"
    ANDROID = "android", "Android"
    IOS = "ios", "iOS"
    INSTORE = "instore", "in-store"
