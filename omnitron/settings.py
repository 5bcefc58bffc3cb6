"""The one settings module. Every knob is an environment variable; the README lists them."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path

import dj_database_url
from django.templatetags.static import static

from omnitron.local import paths, secrets
from omnitron.local.postgres import LocalPostgres
from omnitron.local.valkey import LocalValkey

BASE_DIR = Path(__file__).resolve().parent.parent


def _flag(name: str, *, default: bool = False) -> bool:
    return os.environ.get(name, str(default)).lower() in {"1", "true", "yes", "on"}


def _list(name: str, *, default: str = "") -> list[str]:
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


# Core
DEBUG = _flag("DEBUG")
SECRET_KEY = os.environ.get("SECRET_KEY") or secrets.read_or_create("secret_key")
# Keys for what is encrypted at rest, newest first; older ones still decrypt. Empty: derived from SECRET_KEY.
ENCRYPTION_KEYS = _list("OMNITRON_ENCRYPTION_KEYS")
# This machine is always among them: /health/ready is asked from here.
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *_list("ALLOWED_HOSTS")]
CSRF_TRUSTED_ORIGINS = _list("CSRF_TRUSTED_ORIGINS")
if _flag("BEHIND_TLS_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
ROOT_URLCONF = "omnitron.urls"
WSGI_APPLICATION = "omnitron.wsgi.application"
# Clients send the slash the documents show; a redirect would lose a POST body.
APPEND_SLASH = False
CSRF_FAILURE_VIEW = "omnitron.core.errors.csrf_failure"

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_celery_beat",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "omnitron.core",
    "omnitron.users",
    "omnitron.channels",
    "omnitron.catalogs",
    "omnitron.attributes",
    "omnitron.customers",
    "omnitron.payments",
    "omnitron.orders",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "omnitron.core.middleware.RequestIdMiddleware",
    "omnitron.core.middleware.BodyLimitMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# Database
DATABASES = {
    "default": dj_database_url.parse(
        os.environ.get("DATABASE_URL") or LocalPostgres(paths.state_dir() / "postgres").dsn(),
        conn_max_age=int(os.environ.get("CONN_MAX_AGE", "600")),
        conn_health_checks=False,
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# A request that cannot get its row lock within this time is answered 503 with Retry-After. Set for the whole
# connection, so that no write pays a statement for it.
LOCK_TIMEOUT = os.environ.get("LOCK_TIMEOUT", "3s")
DATABASES["default"].setdefault("OPTIONS", {})["options"] = f"-c lock_timeout={LOCK_TIMEOUT}"

# Users and tokens
AUTH_USER_MODEL = "users.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
API_TOKEN_LIFETIME = timedelta(days=int(os.environ.get("API_TOKEN_DAYS", "30")))
FAILED_LOGIN_LIMIT = max(1, int(os.environ.get("FAILED_LOGIN_LIMIT", "10")))
FAILED_LOGIN_WINDOW = timedelta(minutes=int(os.environ.get("FAILED_LOGIN_WINDOW_MINUTES", "5")))

# Time and language
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
USE_I18N = True
FORMAT_MODULE_PATH = "omnitron.core.formats"

# Static files: served by the application itself (whitenoise), from STATIC_ROOT once they are collected there
# (an image does so), else from where the packages keep them.
STATIC_URL = "/static/"
STATIC_ROOT = os.environ.get("STATIC_ROOT") or None
WHITENOISE_USE_FINDERS = STATIC_ROOT is None
MEDIA_URL = os.environ.get("MEDIA_URL", "/media/")
MEDIA_ROOT = Path(os.environ.get("MEDIA_ROOT", paths.state_dir() / "media"))

# Requests. A body above the limit is answered 413 before it is read.
MAX_BODY_BYTES = int(os.environ.get("MAX_BODY_BYTES", str(5 * 1024 * 1024)))
DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_BODY_BYTES
# Paths whose bodies are files: 20 MB, and what a form puts around one.
BODY_LIMITS = {
    f"/api/{version}/orders/bulk_tracking_number_update/": max(MAX_BODY_BYTES, 20 * 1024 * 1024 + 64 * 1024)
    for version in ("v1", "i1")
}

# How long the answer to a request with an Idempotency-Key is kept for its repetitions; never under a day.
IDEMPOTENCY_KEY_LIFETIME = timedelta(hours=max(24, int(os.environ.get("IDEMPOTENCY_KEY_HOURS", "48"))))

REST_FRAMEWORK = {
    # TokenAuthentication first: only then is a dead token answered 401, which makes clients log in again.
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "omnitron.users.resources.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["omnitron.core.resources.permissions.ModelAndActionPermissions"],
    "DEFAULT_RENDERER_CLASSES": ["omnitron.core.resources.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["omnitron.core.resources.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "omnitron.core.resources.pagination.PageParameters",
    "DEFAULT_SCHEMA_CLASS": "omnitron.core.resources.openapi.OmnitronSchema",
    "DEFAULT_FILTER_BACKENDS": [],
    "EXCEPTION_HANDLER": "omnitron.core.resources.exception_handler.handle_exception",
    "DATETIME_FORMAT": "%Y-%m-%dT%H:%M:%S.%fZ",
    "COERCE_DECIMAL_TO_STRING": True,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}

SPECTACULAR_SETTINGS = {
    "TITLE": "mini-Omnitron API",
    "VERSION": "0.1.0",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {
        "docExpansion": "none",
        "filter": True,
        "deepLinking": True,
        "persistAuthorization": True,
    },
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "PREPROCESSING_HOOKS": ["omnitron.core.resources.openapi.only_v1"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "omnitron.orders.resources.openapi.with_states",
    ],
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "OrderStatusEnum": "omnitron.core.resources.openapi.ORDER_STATUS_CHOICES",
        "StatusDisplayEnum": "omnitron.core.resources.openapi.ORDER_STATUS_NAMES",
        "CancelStatusEnum": "omnitron.omnicore.orders.enums.CancelStatus",
        "CurrencyEnum": "omnitron.omnicore.catalogs.enums.CurrencyType",
        "ShippingCompanyEnum": "omnitron.omnicore.orders.enums.ShippingCompany",
        "CancellationTypeEnum": "omnitron.orders.enums.CancellationType",
        "BatchRequestStatusEnum": "omnitron.channels.enums.BatchRequestStatus",
        "IntegrationStatusEnum": "omnitron.channels.enums.IntegrationStatus",
        "PackageStatusEnum": "omnitron.orders.resources.openapi.PACKAGE_STATUS_CHOICES",
        "PackageStatusNameEnum": "omnitron.orders.resources.openapi.PACKAGE_STATUS_NAMES",
        "TrackingUploadStatusEnum": "omnitron.orders.tracking_models.TrackingUploadStatus",
        "TransactionStatusEnum": "omnitron.payments.enums.TransactionStatus",
        "TransactionTypeEnum": "omnitron.payments.enums.TransactionType",
    },
}

# Background work
CELERY_BROKER_URL = os.environ.get("BROKER_URL") or LocalValkey(paths.state_dir() / "valkey").url()
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "unacked_restore_interval": 1,
    "socket_connect_timeout": 1,
}
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE = {
    "fold row counts": {"task": "omnitron.core.tasks.fold_row_counts", "schedule": timedelta(minutes=1)},
    "send pending refunds": {
        "task": "omnitron.orders.tasks.send_pending_refunds",
        "schedule": timedelta(minutes=1),
    },
    "pull orders": {
        "task": "omnitron.channels.tasks.pull_all_orders",
        "schedule": timedelta(minutes=int(os.environ.get("PULL_ORDERS_MINUTES", "5"))),
    },
    "push updates": {
        "task": "omnitron.channels.tasks.push_all_updates",
        "schedule": timedelta(minutes=int(os.environ.get("PUSH_UPDATES_MINUTES", "5"))),
    },
    "expire batch requests": {
        "task": "omnitron.channels.tasks.expire_batch_requests",
        "schedule": timedelta(minutes=1),
    },
    "delete old idempotency keys": {
        "task": "omnitron.core.tasks.delete_old_idempotency_keys",
        "schedule": timedelta(hours=1),
    },
    "delete dead tokens": {"task": "omnitron.users.tasks.delete_dead_tokens", "schedule": timedelta(hours=6)},
    "take up tracking files": {
        "task": "omnitron.orders.tasks.take_up_tracking_uploads",
        "schedule": timedelta(minutes=1),
    },
}

# Channels
# A committed batch request that nobody has touched for so long is given up: its worker died.
BATCH_REQUEST_EXPIRY_MINUTES = int(os.environ.get("BATCH_REQUEST_EXPIRY_MINUTES", "15"))

# How often requests to a channel may be repeated within an hour, counted by its credentials.
CHANNEL_RETRIES_AN_HOUR = int(os.environ.get("CHANNEL_RETRIES_AN_HOUR", "600"))
# A channel whose runs failed so often in a row is left in peace, for so long; each further failure doubles it.
CHANNEL_BREAKER_FAILURES = int(os.environ.get("CHANNEL_BREAKER_FAILURES", "3"))
CHANNEL_BREAKER_MINUTES = int(os.environ.get("CHANNEL_BREAKER_MINUTES", "10"))

# Orders
# The attribute of a merged order item that holds its number of units.
ORDER_ITEM_QUANTITY_KEY = os.environ.get("ORDER_ITEM_QUANTITY_KEY", "quantity")

# Payment gateways: what each POS logs in with, by its slug, as a JSON object:
# {"stripe-eu": {"api_key": "sk_live_…", "api_base": "https://api.stripe.com"}}. Never in the database.
GATEWAY_CREDENTIALS = json.loads(os.environ.get("GATEWAY_CREDENTIALS") or "{}")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("LOG_LEVEL", "INFO")},
}

# The admin
LOGIN_REDIRECT_URL = "admin:index"
UNFOLD = {
    "SITE_TITLE": "mini-Omnitron",
    "SITE_HEADER": "mini-Omnitron",
    "SITE_SYMBOL": "package_2",
    "SITE_URL": "/docs/",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("core/icon.svg")}
    ],
    "STYLES": [lambda request: static("core/admin.css")],
    "DASHBOARD_CALLBACK": "omnitron.orders.admin.dashboard.dashboard",
    "SIDEBAR": {"show_search": True, "navigation": "omnitron.orders.admin.navigation.navigation"},
}
