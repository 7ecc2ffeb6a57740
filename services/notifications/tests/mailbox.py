"""A real SMTP server that keeps what it takes and misbehaves when told to."""

import asyncio
from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from threading import Event, Thread
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

Answer = str | Callable[[SMTP], str]


class Mailbox:
    """`mails` it took. `answers` to the next RCPT or DATA commands, in order; then all is well again."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="smtp")
        self.reset()

    def reset(self) -> None:
        self.mails: list[EmailMessage] = []
        self.connections = 0
        self.answers: dict[str, list[Answer]] = {"RCPT": [], "DATA": []}
        self.arrived = Event()

    def start(self) -> None:
        self._thread.start()
        opening = self._loop.create_server(lambda: SMTP(self, loop=self._loop), host="127.0.0.1", port=0)
        self._server = asyncio.run_coroutine_threadsafe(opening, self._loop).result(5)

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _close(self) -> None:
        self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def message_ids(self) -> list[str]:
        return [str(mail["Message-ID"]) for mail in self.mails]

    async def handle_EHLO(
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if answer := self._next("RCPT", server):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        mail: Any = message_from_bytes(envelope.content or b"", policy=default)
        mail.recipients = envelope.rcpt_tos
        answer = self._next("DATA", server)
        if answer is None or not answer.startswith(("4", "5")):
            self.mails.append(mail)
        self.arrived.set()
        return answer or "250 OK"

    def _next(self, command: str, server: SMTP) -> str | None:
        if not self.answers[command]:
            return None
        answer = self.answers[command].pop(0)
        return answer if isinstance(answer, str) else answer(server)


def lose_connection(server: SMTP) -> str:
    """The server has the mail; the answer never comes."""
    server.transport.abort()
    return "250 never seen"
