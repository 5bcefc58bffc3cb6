"""The Celery application: `celery -A omnitron.celery worker`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "omnitron.settings")

app = Celery("omnitron")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
