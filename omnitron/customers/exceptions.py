"""What customers and addresses refuse."""

from __future__ import annotations

from omnitron.core.exceptions import InvalidInput


class DuplicateAddress(InvalidInput):
    """There is a row with this content already.

    A string, not a list: channel clients take the hash from its first word and look the row up by it.
    """

    def __init__(self, *, hash_data: str) -> None:
        super().__init__()
        self.errors = {"non_field_errors": f"hash_data:{hash_data} An address with this content exists."}
