"""The base of every refusal. Applications list theirs in their own `exceptions.py`."""

from __future__ import annotations

from typing import ClassVar


class OmnitronException(Exception):
    """A business rule refuses what was asked.

    Subclasses set `code` (`<area>_<group>_<n>`, unique in the project) and `message`, a format string over the
    keyword arguments. They know no HTTP: the one exception handler answers 406 (architecture: Errors).
    """

    code: ClassVar[str] = "omnitron_100_1"
    message: ClassVar[str] = "The request was refused."

    def __init__(self, **params: object) -> None:
        self.params = params
        super().__init__(self.message.format(**params))


class ProtectedRecordException(OmnitronException):
    """A record others refer to may not be deleted."""

    code = "omnitron_100_2"
    message = "{record} cannot be deleted: {dependents} refer to it."


class InvalidInput(Exception):
    """A use case was given values that cannot be stored: answered 400 as `{field: [messages]}`."""

    def __init__(self, **errors: str) -> None:
        self.errors = {field: [message] for field, message in errors.items()}
        super().__init__(str(self.errors))


class OutdatedException(Exception):
    """What the caller saw is not what is now: answered 412 with the difference, and nothing was done.

    `difference` is a list of `{"at": path, "then": value, "now": value}`.
    """

    def __init__(self, detail: str, *, difference: list[dict[str, object]]) -> None:
        self.detail, self.difference = detail, difference
        super().__init__(detail)


class KeyInFlightException(Exception):
    """The same Idempotency-Key is being worked on: answered 409."""

    def __init__(self) -> None:
        super().__init__("A request with this Idempotency-Key is being worked on. Try again.")


class KeyReusedException(Exception):
    """An Idempotency-Key came with another request than before: answered 422."""

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key was used for another request.")
