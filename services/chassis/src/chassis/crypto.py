"""Secrets at rest and on the way. Thin over `cryptography` and joserfc; nothing is invented here."""

import base64
import hashlib
import hmac
import json
import os
import secrets
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from joserfc import jwe
from joserfc.jwk import ECKey, Key, OKPKey

NONCE_BYTES = 12
SEALING = {"alg": "ECDH-ES+A256KW", "enc": "A256GCM"}


class Ciphertext(str):
    """What a key ring encrypted, `kid:…`. Known from other text, so that a test sees in which columns it is kept."""


class Undecipherable(ValueError):
    """The value was made with a key we do not hold, or was changed."""


class KeyRing:
    """Keys `kid:base64url32[,kid:…]`: the first makes new values, all of them read old ones."""

    def __init__(self, keys: str) -> None:
        self._keys: dict[str, bytes] = {}
        for part in filter(None, (part.strip() for part in keys.split(","))):
            kid, _, encoded = part.partition(":")
            key = _unbase64(encoded)
            if not kid or len(key) != 32:
                raise ValueError("a key is «kid:» and 32 bytes in base64url")
            self._keys[kid] = key
        if not self._keys:
            raise ValueError("a key ring needs a key")
        self._current = next(iter(self._keys))

    @property
    def current(self) -> str:
        """The id of the key that makes new values."""
        return self._current

    @property
    def kids(self) -> list[str]:
        """The ids of all keys, the one in use first."""
        return list(self._keys)

    def encrypt(self, value: str | bytes) -> Ciphertext:
        nonce = os.urandom(NONCE_BYTES)
        plain = value.encode() if isinstance(value, str) else value
        sealed = AESGCM(self._keys[self._current]).encrypt(nonce, plain, self._current.encode())
        return Ciphertext(f"{self._current}:{_base64(nonce + sealed)}")

    def decrypt(self, value: str) -> str:
        return self.decrypt_bytes(value).decode()

    def decrypt_bytes(self, value: str) -> bytes:
        kid, _, encoded = value.partition(":")
        try:
            raw = _unbase64(encoded)
            return AESGCM(self._keys[kid]).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], kid.encode())
        except (KeyError, ValueError, InvalidTag) as error:
            raise Undecipherable("value cannot be read with the keys we hold") from error

    def is_current(self, value: str) -> bool:
        """False: the value should be encrypted again, its key is on the way out."""
        return value.partition(":")[0] == self._current

    def lookup(self, value: str | bytes) -> bytes:
        """Digest to store and search by, where the value itself is encrypted."""
        return self._hmac(self._current, value)

    def lookups(self, value: str | bytes) -> list[bytes]:
        """Digests under every valid key: during a rotation a row may carry either."""
        return [self._hmac(kid, value) for kid in self._keys]

    def _hmac(self, kid: str, value: str | bytes) -> bytes:
        plain = value.encode() if isinstance(value, str) else value
        return hmac.new(self._keys[kid], plain, hashlib.sha256).digest()


def seal(public_jwk: str | dict[str, Any], content: dict[str, Any]) -> str:
    """Readable only by whoever holds the private key."""
    key = _import(public_jwk)
    header = {**SEALING, "kid": key.kid} if key.kid else dict(SEALING)
    return jwe.encrypt_compact(header, json.dumps(content, ensure_ascii=False).encode(), key)


def unseal(private_jwk: str | dict[str, Any], sealed: str) -> dict[str, Any]:
    """`private_jwk` is one key or a set (rotation): `kid` chooses."""
    try:
        jwk = json.loads(private_jwk) if isinstance(private_jwk, str) else private_jwk
        candidates = [_import(part) for part in jwk.get("keys", [jwk])]
        kid = sealed_to(sealed)
        key = next((candidate for candidate in candidates if candidate.kid == kid), candidates[0])
        opened = jwe.decrypt_compact(sealed, key, algorithms=list(SEALING.values()))
        content: dict[str, Any] = json.loads(opened.plaintext or b"")
    except Exception as error:
        raise Undecipherable("sealed value cannot be opened with the keys we hold") from error
    return content


def sealed_to(sealed: str) -> str | None:
    """The id of the key it was sealed to."""
    try:
        kid: str | None = json.loads(_unbase64(sealed.partition(".")[0])).get("kid")
    except (ValueError, AttributeError) as error:
        raise Undecipherable("not a sealed value") from error
    return kid


def token(nbytes: int = 32) -> str:
    """An unguessable one; store only its `digest`."""
    return secrets.token_urlsafe(nbytes)


def digest(value: str) -> bytes:
    """Enough for values with full entropy, such as our tokens; never for passwords or codes."""
    return hashlib.sha256(value.encode()).digest()


def _import(jwk: str | dict[str, Any]) -> Key:
    data = json.loads(jwk) if isinstance(jwk, str) else jwk
    return OKPKey.import_key(data) if data["kty"] == "OKP" else ECKey.import_key(data)


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _unbase64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
