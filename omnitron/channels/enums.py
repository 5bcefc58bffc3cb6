"""Enums of channels and of the work done with them."""

from __future__ import annotations

from django.db import models


class IntegrationStatus(models.TextChoices):
    """State of one object towards one channel."""

    PROCESSING = "processing", "processing"
    SUCCESS = "success", "success"
    ERROR = "error", "error"


class BatchRequestStatus(models.TextChoices):
    """State of a batch: initialized → commit → sent_to_remote → ongoing → done | fail."""

    INITIALIZED = "initialized", "initialized"
    COMMIT = "commit", "commit"
    SENT_TO_REMOTE = "sent_to_remote", "sent to remote"
    ONGOING = "ongoing", "ongoing"
    DONE = "done", "done"
    FAIL = "fail", "fail"


class FailedReason(models.TextChoices):
    """Why a channel did not take an object."""

    MAPPING = "mapping", "mapping"
    REMOTE = "remote", "remote"
    CHANNEL_APP = "channel_app", "channel_app"


class EventLevel(models.TextChoices):
    INFO = "info", "info"
    WARNING = "warning", "warning"
    ERROR = "error", "error"


class WindowStatus(models.TextChoices):
    """How far a window of a channel is: pulling → open → proved, or a hole until what is missing has come."""

    PULLING = "pulling", "being pulled"
    OPEN = "open", "open"
    PROVED = "proved", "proved complete"
    HOLE = "hole", "hole"


class ParkedStatus(models.TextChoices):
    PARKED = "parked", "parked"
    TAKEN_IN = "taken_in", "taken in"


class ParkCause(models.TextChoices):
    """Why an order, or a change of one, was not taken in."""

    UNREADABLE = "unreadable", "unreadable"
    UNKNOWN_PRODUCT = "unknown_product", "unknown product"
    UNKNOWN_PLACE = "unknown_place", "unknown place"
    UNKNOWN_PAYMENT_OPTION = "unknown_payment_option", "unknown payment option"
    UNKNOWN_CARRIER = "unknown_carrier", "unknown carrier"
    UNKNOWN_STATUS = "unknown_status", "unknown status"
    UNKNOWN_REASON = "unknown_reason", "unknown reason of a cancellation"
    WRONG_CURRENCY = "wrong_currency", "wrong currency"
    BROKEN_TOTAL = "broken_total", "totals do not add up"
    ILLEGAL_MOVE = "illegal_move", "illegal move"
    FIGURES_CHANGED = "figures_changed", "figures changed"
    REFUSED = "refused", "refused"


class IntegrationMappingType(models.TextChoices):
    """Systems a record may be known to by a code of theirs; the public OpenAPI pages list them."""

    HEPSIBURADA = "hepsiburada", "Hepsiburada"
    HEPSIBURADADS = "hepsiburadads", "Hepsiburada DS"
    N11 = "n11", "n11"
    WEB = "web", "web"
    EXTERNAL_COMPANY = "external_company", "external company"
    GITTIGIDIYOR = "gittigidiyor", "GittiGidiyor"
    TRENDYOL = "trendyol", "Trendyol"
    UPS = "ups", "UPS"
    MORHIPO = "morhipo", "Morhipo"
    MORHIPO_V2 = "morhipoV2", "Morhipo V2"
    AMAZON = "amazon", "Amazon"
    B2C_DIRECT = "b2c_direct", "B2C Direct"
    ALLEGRO = "allegro", "Allegro"
    AKINON = "akinon", "Akinon"
    AY_CARGO = "ay_cargo", "AY Cargo"
    ALIEXPRESS = "aliexpress", "AliExpress"
    EMAG = "emag", "eMAG"
    YURTICI = "yurtici", "Yurtiçi"
    CICEKSEPETI = "ciceksepeti", "Çiçeksepeti"
    FANCOURIER = "fancourier", "FAN Courier"
    DIVA = "diva", "Diva"
    HANA = "hana", "Hana"
    GORDUMALDIM = "gordumaldim", "Gördüm Aldım"
    PAZARAMA = "pazarama", "Pazarama"
    FLO = "flo", "FLO"
    DPD = "dpd", "DPD"
    CDEK = "cdek", "CDEK"
    TURKCELLDS = "turkcellds", "Turkcell DS"
    SALES_CHANNEL = "sales_channel", "sales channel"
    KOLAY_GELSIN = "kolay_gelsin", "Kolay Gelsin"
    SAMEDAY = "sameday", "Sameday"
    SENDEO = "sendeo", "Sendeo"
    CARGUS = "cargus", "Cargus"
    DATAEVA = "dataeva", "Dataeva"
    SPEEDY = "speedy", "Speedy"
    MODANISA = "modanisa", "Modanisa"
