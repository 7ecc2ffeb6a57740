"""The SMTP side, with the ways a real mail server fails."""

import asyncio
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from sandbox.faults import SLOW_SECONDS, TIMEOUT_SECONDS, Faults
from sandbox.mailbox.letters import Mailbox

MAX_BYTES = 20 * 1024 * 1024

REFUSALS = {
    "error": "451 4.3.0 Requested action aborted: local error in processing",
    "rate_limited": "450 4.7.1 Too many messages, try again later",
    "rejected": "554 5.7.1 Message rejected",
    "malformed": "250",
}


class Handler:
    """A refusal comes after DATA: until then a client may still hope."""

    def __init__(self, mailbox: Mailbox, faults: Faults) -> None:
        self._mailbox = mailbox
        self._faults = faults

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        fault = self._faults.take("mail", "data")
        mode = fault.mode if fault else None
        if fault and mode == "slow":
            await asyncio.sleep(fault.delay_seconds or SLOW_SECONDS)
        if fault and mode == "timeout":
            await asyncio.sleep(fault.delay_seconds or TIMEOUT_SECONDS)
        if mode in ("timeout", "drop"):
            return _hang_up(server)
        if mode in REFUSALS and mode != "malformed":
            return REFUSALS[mode]

        self._mailbox.receive(list(envelope.rcpt_tos), _bytes(envelope.content))
        if mode == "lost_answer":
            return _hang_up(server)  # accepted, but the sender will never know
        return REFUSALS["malformed"] if mode == "malformed" else "250 2.0.0 OK: queued"


def _hang_up(server: SMTP) -> str:
    if isinstance(server.transport, asyncio.WriteTransport):
        server.transport.abort()
    return "421 4.3.2 closing"


def _bytes(content: str | bytes | None) -> bytes:
    return content.encode() if isinstance(content, str) else content or b""


def serve(mailbox: Mailbox, faults: Faults, host: str, port: int) -> Any:
    """The server, not yet started; it runs its own event loop in a thread."""
    return Controller(
        Handler(mailbox, faults),
        hostname=host,
        port=port,
        ready_timeout=10,
        data_size_limit=MAX_BYTES,
        enable_SMTPUTF8=True,
        ident="sandbox",
    )
