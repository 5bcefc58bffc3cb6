#!/bin/sh
# What this container is: web, worker, beat, prepare, or any command of manage.py.
set -eu
cd /app
case "${1:-web}" in
web)
    exec granian --interface wsgi --host "$HOST" --port "$PORT" --workers "${WEB_WORKERS:-2}" \
        --blocking-threads "${WEB_THREADS:-4}" --respawn-failed-workers omnitron.wsgi:application
    ;;
worker)
    exec celery -A omnitron.celery worker --loglevel INFO --concurrency "${WORKER_CONCURRENCY:-2}" \
        --without-gossip --without-mingle
    ;;
beat)
    exec celery -A omnitron.celery beat --loglevel INFO --pidfile=
    ;;
prepare)
    if [ "${OMNITRON_DEMO_DATA:-0}" = 1 ]; then
        exec python manage.py prepare
    fi
    exec python manage.py prepare --without-demo-data
    ;;
*)
    exec python manage.py "$@"
    ;;
esac
