"""The secrets in a channel's configuration: masked in `conf`, encrypted in `conf_secrets`.

`conf` itself holds MASK where a secret stands, so that whatever reads it (API, admin, history, logs) is masked by
construction. `conf_secrets` is one Fernet token over `{place: value}`; a place is a JSON pointer ("/auth/password",
"/servers/0/token").

Which keys are secret, `schema` says: `{"pin": {"secret": true}, "public_key": {"secret": false}}`. It describes
nested objects under "properties" and the elements of lists under "items", as JSON Schema does, and may itself be
such a schema. Where it says nothing, names decide: password, token, auth_token, *secret*, *key*. A secret value may
be of any type; null and "" are no secrets, but the absence of one.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder

from omnitron.channels.exceptions import ChannelSecretsUnreadableException
from omnitron.core.exceptions import InvalidInput

MASK = "********"
DEEPEST = 32

_SECRET_NAME = re.compile(r"password|token|auth_token|.*secret.*|.*key.*", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class SealedConf:
    """A configuration as it is stored, and by place what became of each secret that moved."""

    conf: dict[str, Any]
    token: str
    changes: dict[str, str]


def seal(
    conf: Mapping[str, Any],
    *,
    schema: Mapping[str, Any],
    old_conf: Mapping[str, Any] | None = None,
    old_token: str = "",
) -> SealedConf:
    """`conf` with its secrets taken out. A mask stands for the secret stored at its place, or in its list element.

    A key the schema has unmarked stays secret until it is written anew. Raises InvalidInput for a mask with no
    secret behind it, ChannelSecretsUnreadableException when a mask stands for one that cannot be decrypted.
    """
    stored = _StoredSecrets(old_token)
    sealer = _Sealer(stored)
    masked = sealer.seal_object(dict(conf), schema=schema, place=_Place(old=old_conf))
    gone = set(_masked_paths(old_conf or {})) - set(sealer.secrets)
    changes = dict.fromkeys(sorted(gone), "forgotten") | dict.fromkeys(sorted(sealer.written), "changed")
    token = encrypt(sealer.secrets) if changes or sealer.moved else old_token
    return SealedConf(conf=masked, token=token, changes=changes)


def opened(conf: Mapping[str, Any], *, token: str) -> dict[str, Any]:
    """`conf` with its secrets put back. Raises ChannelSecretsUnreadableException."""
    return _opened(dict(conf), path="", secrets=decrypt(token))


def encrypt(secrets: Mapping[str, Any]) -> str:
    """One token for all secrets of a channel, "" for none."""
    if not secrets:
        return ""
    return _cipher().encrypt(json.dumps(secrets, cls=DjangoJSONEncoder).encode()).decode()


def decrypt(token: str) -> dict[str, Any]:
    """What `encrypt` was given. Raises ChannelSecretsUnreadableException."""
    if not token:
        return {}
    try:
        return json.loads(_cipher().decrypt(token.encode()))
    except InvalidToken:
        raise ChannelSecretsUnreadableException from None


def rotated(token: str) -> str:
    """The same secrets under the newest key. Raises ChannelSecretsUnreadableException."""
    try:
        return _cipher().rotate(token.encode()).decode() if token else ""
    except InvalidToken:
        raise ChannelSecretsUnreadableException from None


def _cipher() -> MultiFernet:
    """Encrypts with the newest key. SECRET_KEY stays the oldest, for what was written before there were others."""
    texts = [*settings.ENCRYPTION_KEYS, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derived_key(text)) for text in texts])


def _derived_key(text: str) -> bytes:
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"omnitron.channels.secrets")
    return base64.urlsafe_b64encode(derivation.derive(text.encode()))


class _StoredSecrets:
    """Decrypted only when a mask asks for one: what cannot be read can still be written anew."""

    def __init__(self, token: str) -> None:
        self._token = token

    @cached_property
    def by_path(self) -> dict[str, Any]:
        return decrypt(self._token)

    def holds(self, place: _Place, value: Any) -> bool:
        """Whether `value` is what is stored at `place` already."""
        if place.old != MASK or place.old_path != place.path:
            return False
        try:
            return place.path in self.by_path and _text(self.by_path[place.path]) == _text(value)
        except ChannelSecretsUnreadableException:
            return False


@dataclass(frozen=True)
class _Place:
    """A place in the new configuration, and the place and masked value in the old one it stands for."""

    path: str = ""
    depth: int = 0
    old_path: str | None = ""
    old: Any = None

    def key(self, name: str) -> _Place:
        is_known = self.old_path is not None and isinstance(self.old, dict) and name in self.old
        return self._child(name, old_name=name, old=self.old[name] if is_known else None, is_known=is_known)

    def element(self, index: int, *, old_index: int | None) -> _Place:
        is_known = self.old_path is not None and old_index is not None
        old = self.old[old_index] if is_known else None
        return self._child(str(index), old_name=str(old_index), old=old, is_known=is_known)

    def _child(self, name: str, *, old_name: str, old: Any, is_known: bool) -> _Place:
        if self.depth == DEEPEST:
            raise InvalidInput(conf=f"Nested deeper than {DEEPEST} levels.")
        old_path = _joined(self.old_path or "", old_name) if is_known else None
        return _Place(path=_joined(self.path, name), depth=self.depth + 1, old_path=old_path, old=old)


@dataclass
class _Sealer:
    stored: _StoredSecrets
    secrets: dict[str, Any] = field(default_factory=dict)
    written: set[str] = field(default_factory=set)
    moved: bool = False

    def seal_object(self, given: dict[str, Any], *, schema: Any, place: _Place) -> dict[str, Any]:
        described = _properties(schema)
        return {
            name: self._seal_key(name, value, schema=described.get(name), place=place.key(name))
            for name, value in given.items()
        }

    def _seal_key(self, name: str, given: Any, *, schema: Any, place: _Place) -> Any:
        if given == MASK and self._has_kept(place):
            self._keep(place)
            return MASK
        if not _is_secret(name, schema):
            return self._seal_inside(given, schema=schema, place=place)
        if given is None or given == "":
            return given
        self.secrets[place.path] = value = self._unmasked(given, place=place)
        if not self.stored.holds(place, value):
            self.written.add(place.path)
        return MASK

    def _seal_inside(self, given: Any, *, schema: Any, place: _Place) -> Any:
        if isinstance(given, dict):
            return self.seal_object(given, schema=schema, place=place)
        if isinstance(given, list):
            items = schema.get("items") if isinstance(schema, dict) else None
            return [
                self._seal_inside(element, schema=items, place=inner)
                for element, inner in _elements(given, place)
            ]
        return given

    def _unmasked(self, given: Any, *, place: _Place) -> Any:
        """A secret's value; masks inside it stand for what they hid while it was no secret as a whole."""
        if isinstance(given, dict):
            return {name: self._unmasked(value, place=place.key(name)) for name, value in given.items()}
        if isinstance(given, list):
            return [self._unmasked(element, place=inner) for element, inner in _elements(given, place)]
        if given != MASK:
            return given
        if not self._has_kept(place):
            raise InvalidInput(conf=f"There is no secret at {place.path} that this mask could stand for.")
        return self.stored.by_path[place.old_path]

    def _has_kept(self, place: _Place) -> bool:
        return place.old_path is not None and place.old == MASK and place.old_path in self.stored.by_path

    def _keep(self, place: _Place) -> None:
        self.secrets[place.path] = self.stored.by_path[place.old_path]
        self.moved = self.moved or place.path != place.old_path


def _elements(given: list[Any], place: _Place) -> Iterator[tuple[Any, _Place]]:
    """The elements of a list with their places. An element keeps its secrets wherever it moves in the list.

    As long as the list is no longer or shorter than before, an element that was changed is known by its index,
    and so are elements that look alike; otherwise a secret could end up in a neighbour.
    """
    old = place.old if isinstance(place.old, list) else []
    is_same_length = len(given) == len(old)
    unclaimed: dict[str, list[int]] = {}
    for index in reversed(range(len(old))):
        unclaimed.setdefault(_text(old[index]), []).append(index)
    if not is_same_length:
        unclaimed = {text: alike for text, alike in unclaimed.items() if len(alike) == 1}
    claims = [alike.pop() if (alike := unclaimed.get(_text(element))) else None for element in given]
    claimed = set(claims)
    for index, element in enumerate(given):
        old_index = claims[index]
        if old_index is None and is_same_length and index not in claimed:
            old_index = index
        yield element, place.element(index, old_index=old_index)


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, cls=DjangoJSONEncoder)


def _properties(schema: Any) -> dict[str, Any]:
    """What a schema says of an object's keys, whether it is a JSON Schema or a plain `{key: description}`."""
    if not isinstance(schema, dict):
        return {}
    properties = schema.get("properties")
    return properties if isinstance(properties, dict) else schema


def _is_secret(name: str, schema: Any) -> bool:
    said = schema.get("secret") if isinstance(schema, dict) else None
    return said if isinstance(said, bool) else bool(_SECRET_NAME.fullmatch(name))


def _joined(path: str, name: str) -> str:
    return f"{path}/{name.replace('~', '~0').replace('/', '~1')}"


def _children(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list):
        yield from ((str(index), element) for index, element in enumerate(value))


def _masked_paths(value: Any, path: str = "") -> Iterator[str]:
    if value == MASK:
        yield path
    for name, inner in _children(value):
        yield from _masked_paths(inner, _joined(path, name))


def _opened(value: Any, *, path: str, secrets: Mapping[str, Any]) -> Any:
    if value == MASK:
        return secrets.get(path, MASK)
    if isinstance(value, dict):
        return {
            name: _opened(inner, path=_joined(path, name), secrets=secrets) for name, inner in value.items()
        }
    if isinstance(value, list):
        return [
            _opened(inner, path=_joined(path, str(index)), secrets=secrets)
            for index, inner in enumerate(value)
        ]
    return value
