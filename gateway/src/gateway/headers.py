"""Which headers cross the door, and which it puts on every answer."""

from collections.abc import Iterable, Mapping

from gateway.contract import Operation
from gateway.credentials import identity_cookies
from gateway.settings import Settings, origin_of

HOP_BY_HOP = frozenset(
    (
        *(b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-authorization", b"proxy-connection"),
        *(b"te", b"trailer", b"transfer-encoding", b"upgrade"),
    )
)
# Believed by what stands behind us, so never taken from outside.
FORGEABLE = frozenset(
    (
        *(b"x-internal", b"x-client-address", b"forwarded", b"via", b"x-real-ip", b"x-polled"),
        *(b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto", b"x-forwarded-port", b"x-forwarded-prefix"),
    )
)
# What a service learns of a request beside the headers its contract names.
TO_SERVICES = (b"accept", b"accept-language", b"content-type")
TO_IDENTITY = (b"user-agent",)  # a session's device


def security_headers(settings: Settings) -> list[tuple[bytes, bytes]]:
    """On every answer, the portal's too.

    `form-action`: Chromium holds it against redirects as well, so it names where our forms' answers may send a browser.
    `Referrer-Policy`: tickets stand in addresses, so nothing outside may see one; yet `no-referrer` itself would make
    browsers send `Origin: null` with our own forms, and the door could not tell them from a stranger's.
    """
    targets = [settings.form_targets, origin_of(settings.taxisnet_base_url) if settings.taxisnet_base_url else ""]
    policy = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "form-action": " ".join(["'self'", *filter(None, targets)]),
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
    }
    told = {
        "content-security-policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "same-origin",
        "permissions-policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "server": "epresence",
    }
    if settings.public_url.startswith("https://"):
        told["strict-transport-security"] = "max-age=63072000; includeSubDomains"
    return [(name.encode(), value.encode()) for name, value in told.items()]


# Ours to say: an upstream's own are dropped.
OURS = frozenset(
    (
        *(b"content-security-policy", b"x-content-type-options", b"x-frame-options", b"referrer-policy", b"date"),
        *(b"permissions-policy", b"cross-origin-opener-policy", b"cross-origin-resource-policy", b"server"),
        *(b"strict-transport-security", b"x-correlation-id", b"x-powered-by"),
    )
)
DROPPED_FROM_ANSWERS = HOP_BY_HOP | OURS
DROPPED_FROM_REQUESTS = HOP_BY_HOP | FORGEABLE | {b"host", b"expect", b"x-correlation-id"}

Pairs = list[tuple[str, str]]
Headers = Mapping[bytes, bytes]


def picked(own: Headers, names: Iterable[bytes]) -> Pairs:
    return [(name.decode(), own[name].decode("latin-1")) for name in names if name in own]


def of_operation(own: Headers, operation: Operation) -> Pairs:
    """What a service may know of a request: little, and what its contract names."""
    pairs = picked(own, TO_SERVICES) + picked(own, (parameter.header for parameter in operation.headers))
    if operation.service == "identity":
        pairs += picked(own, TO_IDENTITY)
        if cookies := identity_cookies(own):
            pairs.append(("Cookie", cookies))
        # A program's own id and secret: RFC 6749 §2.3.1.
        if operation.template.startswith("/oauth/") and own.get(b"authorization", b"").lower().startswith(b"basic "):
            pairs += picked(own, (b"authorization",))
    return pairs


def of_hooks(own: Headers) -> Pairs:
    """What a webhook brought, signature and all, but no credential of ours."""
    kept = own.keys() - DROPPED_FROM_REQUESTS - {b"authorization", b"cookie", b"content-length"}
    return picked(own, sorted(kept))


def of_pages(own: Iterable[tuple[bytes, bytes]]) -> Pairs:
    """All of a browser's, its cookies too: the portal speaks for it at the internal listener."""
    dropped = DROPPED_FROM_REQUESTS | {b"authorization"}
    return [(name.decode(), value.decode("latin-1")) for name, value in own if name not in dropped]
