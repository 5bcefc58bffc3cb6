"""What use cases of channels take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class BatchObject:
    """One object of a batch request as a channel application names it.

    `content_type` is the name of a model ("order"), `version_date` the version it has seen (UTC; None: as it is
    known), `remote_id` what the channel calls it, `failed_reason_type` (mapping, remote, channel_app) says that
    the channel did not take it.
    """

    pk: int
    content_type: str
    version_date: datetime | None = None
    remote_id: str | None = None
    failed_reason_type: str | None = None
