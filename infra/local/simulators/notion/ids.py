"""Identifiers: random but repeatable ones, and the reading of those that a caller sends.

Promises the same ids for the same seed and the same order of calls. Refuses ids that are no UUID, as Notion does.
"""

import random
import re
import threading
import uuid
from urllib.parse import quote, unquote

from .errors import invalid

_HEX32 = re.compile(r"[0-9a-f]{32}")
_PROPERTY_ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ@[]<>{}:;?=|\\`^"
_TOKEN_ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"  # noqa: S105 - an alphabet


class Ids:
    """A seeded source of everything random that names something; another `purpose` is another series."""

    def __init__(self, seed: int, purpose: str = "objects") -> None:
        self._random = random.Random(f"{purpose}:{seed}")  # noqa: S311 - repeatable on purpose, protects nothing
        self._lock = threading.Lock()

    def uuid(self) -> str:
        """A version 4 UUID, hyphenated and lower-case."""
        with self._lock:
            return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def property_id(self) -> str:
        """A property id as Notion prints it: four characters, URL-encoded (``XGe%40``)."""
        with self._lock:
            return quote("".join(self._random.choices(_PROPERTY_ALPHABET, k=4)), safe="~()*!'")

    def secret(self) -> str:
        """A verification token: ``secret_`` and 43 letters and digits."""
        with self._lock:
            return "secret_" + "".join(self._random.choices(_TOKEN_ALPHABET, k=43))


def canonical(value: str) -> str | None:
    """``value`` as a lower-case hyphenated UUID, or None when it is none; Notion takes ids with and without hyphens."""
    bare = value.strip().replace("-", "").lower()
    if not _HEX32.fullmatch(bare):
        return None
    return f"{bare[:8]}-{bare[8:12]}-{bare[12:16]}-{bare[16:20]}-{bare[20:]}"


def required_id(value: object, where: str) -> str:
    """The id at ``where`` of the request.

    Raises:
        ApiError: 400 `validation_error` in Notion's wording when it is not a UUID.
    """
    found = canonical(value) if isinstance(value, str) else None
    if found is None:
        raise invalid(f"{where} should be a valid uuid, instead was `{value!r}`.")
    return found


def same_property(reference: str, property_id: str, name: str) -> bool:
    """True when ``reference`` names the property: by name, by id, or by its id percent-decoded (as in a path)."""
    return reference in (name, property_id, unquote(property_id))
