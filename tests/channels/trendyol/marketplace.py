"""Trendyol on loopback, as far as its pages say how it behaves: a stream with cursors, pages, single packages."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from omnitron.core.clock import Clock
from tests.channels.scripted_server import Reply, ScriptedServer

KEY, SECRET, SELLER = "the-key", "the-s3cret", 2738
TURKEY = 3 * 3600 * 1000

Query = dict[str, list[str]]


@dataclass
class Trendyol(ScriptedServer):
    """`replies` come before any of its own. `shift`: milliseconds its filters by time are ahead of GMT."""

    clock: Clock | None = None
    packages: list[dict[str, Any]] = field(default_factory=list)
    shift: int = TURKEY
    most_counted: int = 10**9
    # When each request came.
    moments: list[datetime] = field(default_factory=list)
    # Cursors it has given out: the filters of their stream and where they stand.
    cursors: dict[str, tuple[Query, int]] = field(default_factory=dict)

    def next_reply(self) -> Reply:
        self.moments.append(self.clock.now())
        if self.replies:
            return self.replies.pop(0)
        asked, base = self.asked[-1], f"/order/sellers/{SELLER}"
        if asked.path == f"{base}/orders/stream":
            return self._stream(dict(asked.query))
        if asked.path == f"{base}/v2/orders":
            return Reply(body=self._page(asked.query))
        return Reply(201 if asked.method == "POST" else 200, body=b"")

    def shows_packages(self) -> Reply:
        """All of them, on one page."""
        return Reply(body={"totalPages": 1, "content": self.packages})

    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]

    def told(self) -> list[tuple[str, str, Any]]:
        """Everything that is no question."""
        return [(asked.method, asked.path, asked.body) for asked in self.asked if asked.method != "GET"]

    def _stream(self, query: Query) -> Reply:
        cursor = query.pop("nextCursor", [None])[0]
        filters, start = self.cursors.get(cursor, (query, 0)) if cursor else (query, 0)
        if cursor and (cursor not in self.cursors or filters != query):
            return Reply(400, {"error": "Bad Request", "message": "cursor ile filtre uyumsuzluğu"})
        found = self._changed(query, "lastModifiedStartDate", "lastModifiedEndDate")
        if statuses := query.get("packageItemStatuses"):
            found = [package for package in found if package["status"] in statuses[0].split(",")]
        end = start + int(query["size"][0])
        following = f"cursor-{len(self.cursors)}"
        has_more = end < len(found)
        if has_more:
            self.cursors[following] = (query, end)
        content = found[start:end]
        return Reply(
            body={
                "hasMore": has_more,
                "nextCursor": following if has_more else None,
                "size": len(content),
                "content": content,
            }
        )

    def _page(self, query: Query) -> dict[str, Any]:
        found = self.packages
        if ids := query.get("shipmentPackageIds"):
            found = [package for package in found if str(package["shipmentPackageId"]) in ids]
        if number := query.get("orderNumber"):
            found = [package for package in found if package["orderNumber"] == number[0]]
        if "startDate" in query:
            found = self._changed(query, "startDate", "endDate")
        page, size = int(query["page"][0]), int(query["size"][0])
        return {
            "totalElements": min(len(found), self.most_counted),
            "totalPages": -(-len(found) // size),
            "page": page,
            "size": size,
            "content": found[page * size : (page + 1) * size],
        }

    def _changed(self, query: Query, start: str, end: str) -> list[dict[str, Any]]:
        first, last = int(query[start][0]) - self.shift, int(query[end][0]) - self.shift
        found = [package for package in self.packages if first <= package["lastModifiedDate"] <= last]
        return sorted(found, key=lambda package: package["lastModifiedDate"], reverse=True)
