"""Whether this process serves and whether it can work: for supervisors, load balancers and containers."""

from functools import cache

from django.db import DatabaseError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

Migration = tuple[str, str]


@require_safe
@never_cache
def live(request: HttpRequest) -> JsonResponse:
    """200 while the process serves; asks nobody."""
    return JsonResponse({"status": "ok"})


@transaction.non_atomic_requests
@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """200 when the database answers and has every migration of this code, else 503 with the reason."""
    try:
        missing = unapplied_migrations()
    except DatabaseError:
        # Not the error's own text: it names hosts and users, and this door has no lock.
        return _not_ready("The database does not answer.")
    if missing:
        names = ", ".join(f"{app}.{name}" for app, name in missing[:5])
        return _not_ready(f"Migrations to apply: {len(missing)} ({names}).")
    return JsonResponse({"status": "ok"})


def _not_ready(reason: str) -> JsonResponse:
    return JsonResponse({"status": "unavailable", "reason": reason}, status=503)


def unapplied_migrations() -> list[Migration]:
    """The migrations of this code that the database has not had, sorted. Raises DatabaseError."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('django_migrations') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return sorted(_known_migrations())
        cursor.execute("SELECT app, name FROM django_migrations")
        return sorted(_known_migrations() - set(cursor.fetchall()))


@cache
def _known_migrations() -> frozenset[Migration]:
    """The migrations in the files of this code, which do not change while it runs."""
    return frozenset(MigrationLoader(None).graph.nodes)
