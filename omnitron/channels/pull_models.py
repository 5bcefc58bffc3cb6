"""What is known of pulling orders from channels: every order ever shown, the windows pulled, and what is parked."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from omnitron.channels.enums import ParkCause, ParkedStatus, WindowStatus
from omnitron.omnicore.models import JSONObjectField, TimeStampedModel, one_of


class TsTzRange(Func):
    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class PullState(TimeStampedModel):
    """How pulling from one channel goes: its breaker, its clock, when it last ran."""

    channel_path = "channel"

    channel = models.OneToOneField("channels.Channel", on_delete=models.CASCADE)
    # Failed runs in a row; from so many on (settings) the breaker is open until `open_until`.
    failures = models.PositiveIntegerField(default=0)
    open_until = models.DateTimeField(null=True, blank=True)
    started_date = models.DateTimeField(null=True, blank=True)
    finished_date = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)
    # The channel's clock less ours, as its answers told when it was last asked.
    clock_offset = models.DurationField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.channel_id}"


class CredentialBudget(TimeStampedModel):
    """What may still be asked with the same credentials: channels that share an account share its limit.

    `fingerprint` is a digest, the credentials cannot be read from it.
    """

    fingerprint = models.CharField(max_length=64, unique=True)
    # Nobody asks before: the channel said Retry-After.
    not_before = models.DateTimeField(null=True, blank=True)
    # Retries since `period_start`; a new period begins after an hour.
    retries = models.PositiveIntegerField(default=0)
    period_start = models.DateTimeField()

    def __str__(self) -> str:
        return self.fingerprint[:12]


class PullWindow(TimeStampedModel):
    """A span [window_from, window_to) of the channel's own clock that was pulled, by when orders changed there.

    The windows of a channel follow each other without gap or overlap (the database refuses an overlap); what was
    asked begins earlier (`asked_from`), by as much as orders of this channel come late. Counts are of the last time
    it was pulled. `missing` is how many orders the channel has in a hole beyond those that are here; `judged_date`
    when a proof was last tried. A hole is acknowledged by somebody who knows what `acknowledged_missing` orders are
    missing in it; `acknowledged_note` is why.
    """

    channel_path = "channel"

    channel = models.ForeignKey("channels.Channel", on_delete=models.CASCADE, db_index=False)
    window_from = models.DateTimeField()
    window_to = models.DateTimeField()
    asked_from = models.DateTimeField()
    status = models.CharField(max_length=16, choices=WindowStatus, default=WindowStatus.PULLING)
    reason = models.CharField(max_length=512, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    seen = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    parked = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    requests = models.PositiveIntegerField(default=0)
    seconds = models.DecimalField(max_digits=10, decimal_places=3, default=0)
    started_date = models.DateTimeField(null=True, blank=True)
    finished_date = models.DateTimeField(null=True, blank=True)
    missing = models.PositiveIntegerField(default=0)
    judged_date = models.DateTimeField(null=True, blank=True)
    is_counted_alone = models.BooleanField(default=False)
    acknowledged_missing = models.PositiveIntegerField(null=True, blank=True)
    acknowledged_note = models.CharField(max_length=512, blank=True)

    class Meta:
        constraints = [
            one_of("status", WindowStatus),
            models.CheckConstraint(
                condition=Q(status=WindowStatus.HOLE) | Q(missing=0), name="pull_window_only_holes_miss"
            ),
            models.CheckConstraint(
                condition=Q(window_from__lt=F("window_to")) & Q(asked_from__lte=F("window_from")),
                name="pull_window_goes_forward",
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_missing=None, acknowledged_note="")
                | (Q(acknowledged_missing__isnull=False) & ~Q(acknowledged_note="")),
                name="pull_window_acknowledged_says_why",
            ),
            ExclusionConstraint(
                name="pull_windows_do_not_overlap",
                expressions=[
                    ("channel", RangeOperators.EQUAL),
                    (TsTzRange("window_from", "window_to", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        indexes = [
            models.Index(fields=["channel", "window_to"], name="pull_window_by_end"),
            models.Index(
                fields=["channel", "window_from"],
                name="pull_window_unproved",
                condition=~Q(status=WindowStatus.PROVED),
            ),
        ]
        permissions = [("acknowledge_pullwindow", "Can acknowledge holes")]

    @property
    def is_acknowledged(self) -> bool:
        """A hole somebody has said is known, and in which no more is missing since."""
        known = self.acknowledged_missing
        return self.status == WindowStatus.HOLE and known is not None and self.missing <= known

    def __str__(self) -> str:
        return f"{self.window_from:%Y-%m-%d %H:%M:%S} to {self.window_to:%Y-%m-%d %H:%M:%S} ({self.status})"


class PullCount(TimeStampedModel):
    """A question to the channel, still to be judged: how many orders it has in a span of windows.

    `counted` is its answer, `held` how many of them were here at that moment: `asked_date` by the channel's clock,
    `created_date` by ours. What moved between the last pull and the question is known only once that moment is
    pulled, so then the two are compared.
    """

    channel_path = "channel"

    channel = models.ForeignKey("channels.Channel", on_delete=models.CASCADE)
    span_from = models.DateTimeField()
    span_to = models.DateTimeField()
    counted = models.PositiveIntegerField()
    held = models.PositiveIntegerField()
    asked_date = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.counted} counted, {self.held} here"


class PulledOrder(TimeStampedModel):
    """An order a channel has shown at least once, and the version of it that was last dealt with.

    `digest` is of what the channel sent: the same again is not looked into. `order` is null while it is parked, and
    once the order was deleted here. `previous_modified_date` is the stamp it had before the last change seen.
    `parts` are digests of what the order said when it was last taken in or updated, part by part: what the channel
    merely repeats does not overwrite what was changed here.
    """

    channel_path = "channel"

    channel = models.ForeignKey("channels.Channel", on_delete=models.CASCADE, db_index=False)
    remote_id = models.CharField(max_length=255)
    number = models.CharField(max_length=128)
    digest = models.CharField(max_length=32)
    remote_modified_date = models.DateTimeField()
    previous_modified_date = models.DateTimeField(null=True, blank=True)
    first_seen_date = models.DateTimeField()
    # How long after its own stamp it was shown, where the window it belongs to had been pulled before.
    late_by = models.DurationField(null=True, blank=True)
    order = models.ForeignKey("orders.Order", null=True, blank=True, on_delete=models.SET_NULL)
    parts = JSONObjectField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "remote_id"], name="pulled_order_once_a_channel")
        ]
        indexes = [
            models.Index(fields=["channel", "remote_modified_date"], name="pulled_order_by_modified"),
            models.Index(
                fields=["channel", "previous_modified_date"],
                name="pulled_order_by_previous",
                condition=Q(previous_modified_date__isnull=False),
            ),
            models.Index(
                fields=["channel", "first_seen_date"],
                name="pulled_order_late",
                condition=Q(late_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class ParkedOrder(TimeStampedModel):
    """What a channel sent and could not be taken in: why, and the payload as it came, for a replay.

    `subject` is what the cause is about (a SKU, a district): the same cause and subject are one group, mended at
    once. The payload holds personal data; whatever shows it shows it masked.
    """

    channel_path = "channel"

    channel = models.ForeignKey("channels.Channel", on_delete=models.CASCADE, db_index=False)
    pulled_order = models.OneToOneField(PulledOrder, on_delete=models.CASCADE)
    status = models.CharField(max_length=16, choices=ParkedStatus, default=ParkedStatus.PARKED)
    cause = models.CharField(max_length=32, choices=ParkCause)
    subject = models.CharField(max_length=255, blank=True)
    detail = models.TextField(blank=True)
    payload = models.JSONField()
    attempts = models.PositiveIntegerField(default=1)
    tried_date = models.DateTimeField()

    class Meta:
        constraints = [one_of("status", ParkedStatus), one_of("cause", ParkCause)]
        indexes = [
            models.Index(
                fields=["channel", "cause", "subject"],
                name="parked_order_by_cause",
                condition=Q(status=ParkedStatus.PARKED),
            )
        ]
        permissions = [("replay_parkedorder", "Can replay parked orders")]

    def __str__(self) -> str:
        return f"{self.get_cause_display()} ({self.pk})"
