"""Ends with 0 when the web server of this container is ready."""

import os
import urllib.request

urllib.request.urlopen(f"http://127.0.0.1:{os.environ.get('PORT', '8000')}/health/ready", timeout=5).close()
