"""The plain version as the web server runs it."""

import os

from django.core.wsgi import get_wsgi_application

# Not setdefault: the benchmark's own environment names the settings of the application it measures.
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.benchmarks.plain.settings"

application = get_wsgi_application()
