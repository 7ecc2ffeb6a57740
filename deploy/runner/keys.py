"""Keys, passwords and shared secrets of a suite: drawn once, kept in one file that only its owner reads."""

from __future__ import annotations

import base64
import json
import os
import secrets
import time
from typing import Any

from joserfc.jwk import OKPKey

from runner.places import SERVICES
from runner.suite import Suite

FILE = "secrets.json"


def of(suite: Suite) -> dict[str, str]:
    file = suite.home / FILE
    kept: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    drawn = draw() | kept
    if drawn != kept:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
            json.dump(drawn, out, indent=1)
    return drawn


def draw() -> dict[str, str]:
    sealing, identity_sealing = pair("X25519"), pair("X25519")
    signing, _ = pair("Ed25519")
    return {
        "POSTGRES_PASSWORD": secrets.token_urlsafe(24),
        **{
            f"DB_{name.upper()}": secrets.token_urlsafe(24)
            for service in SERVICES
            for name in (service, f"{service}_owner")
        },
        **{f"AMQP_{name.upper()}": secrets.token_urlsafe(24) for name in (*SERVICES, "gateway", "operator")},
        "ERLANG_COOKIE": secrets.token_hex(20).upper(),
        "SIGNING_KEYS": json.dumps({"keys": [signing]}),
        "ENCRYPTION_KEYS": key_ring(),
        "LOOKUP_KEYS": key_ring(),
        "TICKET_KEYS": key_ring(),
        "SEALING_PRIVATE_KEY": json.dumps(sealing[0]),
        "SEALING_PUBLIC_KEY": json.dumps(sealing[1]),
        "IDENTITY_SEALING_PRIVATE_KEY": json.dumps(identity_sealing[0]),
        "IDENTITY_SEALING_PUBLIC_KEY": json.dumps(identity_sealing[1]),
        "INTERNAL_SECRET": secrets.token_urlsafe(32),
        "FORM_KEY": secrets.token_urlsafe(32),
        "TAXISNET_CLIENT_ID": f"epresence-{secrets.token_hex(4)}",
        "TAXISNET_CLIENT_SECRET": secrets.token_urlsafe(24),
        "HRMS_USERNAME": f"epresence-{secrets.token_hex(4)}",
        "HRMS_PASSWORD": secrets.token_urlsafe(24),
        "ZOOM_ACCOUNT_ID": secrets.token_urlsafe(16),
        "ZOOM_CLIENT_ID": secrets.token_urlsafe(16),
        "ZOOM_CLIENT_SECRET": secrets.token_urlsafe(24),
        "ZOOM_WEBHOOK_SECRET": secrets.token_urlsafe(16),
    }


def pair(curve: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    key = OKPKey.generate_key(curve, {"kid": kid()}, private=True)
    return dict(key.as_dict(private=True)), dict(key.as_dict(private=False))


def key_ring() -> str:
    return f"{kid()}:{base64.urlsafe_b64encode(secrets.token_bytes(32)).rstrip(b'=').decode()}"


def kid() -> str:
    return f"{time.strftime('%Y%m%d')}-{secrets.token_hex(2)}"
