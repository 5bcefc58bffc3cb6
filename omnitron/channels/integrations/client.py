"""HTTP to a channel: JSON both ways, tried again with patience, within a budget. Knows no particular channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Protocol

import requests
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt

from omnitron.channels.exceptions import ChannelRefusedException, ChannelUnreachableException
from omnitron.channels.masking import MASK, hidden_texts, masked_text
from omnitron.core.clock import Clock

CONNECT_SECONDS, READ_SECONDS = 5, 30
ATTEMPTS = 6
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 1, 60
# Who asks for more patience than this is left in peace until the next run.
LONGEST_RETRY_AFTER_SECONDS = 300
LONGEST_HOLD_OFF_SECONDS = 6 * 3600
# What a channel answers while it is busy or broken; anything else from 400 on is about the request.
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
# With these it says that it has not even begun: what may not be repeated may be sent again, too.
NOT_BEGUN = frozenset({425, 429, 503})
LONGEST_REASON = 300
# What is shorter stands in any text.
SHORTEST_SECRET = 6


class RetryBudget(Protocol):
    """How often the channel's credentials may be tried again, whoever uses them."""

    def not_before(self) -> datetime | None:
        """Until when the channel asked to be left in peace."""

    def hold_off(self, until: datetime) -> None: ...

    def spend(self) -> None:
        """One more retry. Raises ChannelBudgetException when there were too many within the hour."""


@dataclass(frozen=True)
class ChannelResponse:
    """A usable answer: the request's method, the status, the headers, and the JSON it held (None where empty)."""

    method: str
    status: int
    headers: Mapping[str, str]
    data: Any


class _PassingError(Exception):
    """Worth another try; `retry_after` is how long the channel asked for, in seconds."""

    def __init__(self, reason: str, *, retry_after: float | None = None) -> None:
        self.reason, self.retry_after = reason, retry_after
        super().__init__(reason)


@dataclass
class ChannelClient:
    """Requests to one channel below `base_url`, one after the other on one connection.

    `clock` waits between tries. `requests_made` counts every request sent; `clock_offset` is the channel's clock
    less ours, as its last answer's Date said.
    """

    channel: str
    base_url: str
    clock: Clock
    budget: RetryBudget
    connect_seconds: float = CONNECT_SECONDS
    read_seconds: float = READ_SECONDS
    attempts: int = ATTEMPTS
    headers: dict[str, str] = field(default_factory=dict)
    auth: tuple[str, str] | None = None
    requests_made: int = 0
    clock_offset: timedelta | None = None
    _session: requests.Session = field(default_factory=requests.Session, repr=False)

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        body: Any = None,
        read_seconds: float | None = None,
        is_repeatable: bool | None = None,
    ) -> ChannelResponse:
        """Ask until there is a usable answer. `is_repeatable` says that a request whose answer was lost may be sent
        again; by default only GETs may. `path` may be a whole URL below the same base, as pages name the next one.

        Raises ChannelRefusedException for a 4xx, ChannelUnreachableException when every try failed,
        ChannelBudgetException.
        """
        if is_repeatable is None:
            is_repeatable = method == "GET"
        tries = Retrying(
            stop=stop_after_attempt(self.attempts),
            wait=_wait,
            sleep=self.clock.sleep,
            retry=retry_if_exception_type(_PassingError),
            before_sleep=self._before_sleep,
            reraise=True,
        )
        request = f"{method} {path.split('?')[0]}"
        self._keep_off(request)
        try:
            return tries(self._try, method, path, params, body, read_seconds, is_repeatable)
        except _PassingError as error:
            raise ChannelUnreachableException(
                channel=self.channel, request=request, reason=error.reason
            ) from error

    def now(self) -> datetime:
        """The time by the channel's clock, as far as it has shown it."""
        return self.clock.now() + (self.clock_offset or timedelta())

    def close(self) -> None:
        self._session.close()

    def _keep_off(self, request: str) -> None:
        """Wait as long as the channel asked for last, whoever it asked; too long is for another run."""
        until = self.budget.not_before()
        seconds = (until - self.clock.now()).total_seconds() if until else 0
        if seconds > LONGEST_RETRY_AFTER_SECONDS:
            reason = f"it asked to be left in peace until {until:%Y-%m-%d %H:%M:%S %Z}"
            raise ChannelUnreachableException(channel=self.channel, request=request, reason=reason)
        if seconds > 0:
            self.clock.sleep(seconds)

    def _try(
        self,
        method: str,
        path: str,
        params: Mapping[str, Any] | None,
        body: Any,
        read_seconds: float | None,
        is_repeatable: bool,
    ) -> ChannelResponse:
        self.requests_made += 1
        try:
            response = self._session.request(
                method,
                self._url(path),
                params=params,
                json=body,
                headers=self.headers,
                auth=self.auth,
                timeout=(self.connect_seconds, read_seconds or self.read_seconds),
                allow_redirects=False,
            )
        except requests.RequestException as error:
            # Not `str(error)`: it names the whole URL, and a URL may hold what is secret.
            reason = type(error).__name__
            if is_repeatable or isinstance(error, requests.ConnectTimeout):
                raise _PassingError(reason) from None
            raise ChannelUnreachableException(
                channel=self.channel, request=f"{method} {path.split('?')[0]}", reason=reason
            ) from None
        self._note_clock(response)
        if response.status_code in (PASSING if is_repeatable else NOT_BEGUN):
            raise self._passing(response)
        if response.status_code in PASSING:
            # Whether it was done is as unknown as with an answer that was lost.
            raise ChannelUnreachableException(
                channel=self.channel,
                request=f"{method} {path.split('?')[0]}",
                reason=str(response.status_code),
            )
        if response.status_code >= 300:
            raise ChannelRefusedException(
                channel=self.channel,
                request=f"{method} {path.split('?')[0]}",
                status=response.status_code,
                reason=self._shown(response.text[: 10 * LONGEST_REASON], body)[:LONGEST_REASON],
            )
        return ChannelResponse(method, response.status_code, response.headers, _json(response, is_repeatable))

    def _shown(self, text: str, body: Any) -> str:
        """What a channel says, without the secrets it may repeat."""
        sent = hidden_texts([self.headers, body]) | {*(self.auth or ())}
        # Of "Bearer 0123" the channel may repeat the last word alone.
        secrets = sent | {text.split()[-1] for text in sent if text.split()}
        for secret in sorted(secrets, key=len, reverse=True):
            if len(secret) >= SHORTEST_SECRET:
                text = text.replace(secret, MASK)
        return masked_text(text)

    def _url(self, path: str) -> str:
        """Below the base, wherever the path claims to be: the credentials go to nobody else."""
        base = f"{self.base_url.rstrip('/')}/"
        return path if path.startswith(base) else f"{base}{path.removeprefix('/')}"

    def _passing(self, response: requests.Response) -> _PassingError:
        """What to make of an answer that says "later": everybody with these credentials keeps off as long."""
        retry_after = self._retry_after(response)
        if retry_after is not None:
            self.budget.hold_off(self.clock.now() + timedelta(seconds=retry_after))
        return _PassingError(str(response.status_code), retry_after=retry_after)

    def _before_sleep(self, state: RetryCallState) -> None:
        error = state.outcome.exception()
        if error.retry_after is not None and error.retry_after > LONGEST_RETRY_AFTER_SECONDS:
            raise error
        self.budget.spend()

    def _note_clock(self, response: requests.Response) -> None:
        stamp = _http_date(response.headers.get("Date"))
        if stamp is not None:
            self.clock_offset = stamp - self.clock.now().replace(microsecond=0)

    def _retry_after(self, response: requests.Response) -> float | None:
        """Seconds, or a date by the channel's own clock (RFC 9110, 10.2.3); a slip of it locks nobody out for more
        than hours.
        """
        given = response.headers.get("Retry-After", "")
        if given.isascii() and given.isdigit():
            return min(int(given), LONGEST_HOLD_OFF_SECONDS)
        until = _http_date(given)
        if until is None:
            return None
        return min(max(0.0, (until - self.now()).total_seconds()), LONGEST_HOLD_OFF_SECONDS)


def _wait(state: RetryCallState) -> float:
    """What the channel asked for, else twice as long after each try."""
    error = state.outcome.exception()
    if error.retry_after is not None:
        return error.retry_after
    return min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** (state.attempt_number - 1))


def _json(response: requests.Response, is_repeatable: bool) -> Any:
    if not response.content:
        return None
    try:
        return response.json()
    except requests.JSONDecodeError as error:
        if is_repeatable:
            raise _PassingError("the answer is no JSON") from error
        raise ChannelUnreachableException(
            channel=response.url.split("?")[0],
            request=response.request.method,
            reason="the answer is no JSON",
        ) from error


def _http_date(text: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(text) if text else None
    except ValueError:
        return None
