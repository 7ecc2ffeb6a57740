"""Handing a mail to the mail server, step by step, so that we know how far it got when something breaks."""

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit

from email_validator import EmailNotValidError, validate_email

CLOSING = 421  # RFC 5321: the server says so at any point before it hangs up


class MailProblem(Exception):
    """Carries a reason without address or text of the server, which quotes addresses."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Refused(MailProblem):
    """For good: this mail will never be taken."""


class Deferred(MailProblem):
    """Not this mail now; others may go over the same connection."""


class ConnectionLost(MailProblem):
    """No conversation any more. `doubtful`: the server had the text and its answer did not arrive."""

    def __init__(self, reason: str, *, doubtful: bool = False) -> None:
        super().__init__(reason)
        self.doubtful = doubtful


@dataclass(frozen=True)
class Server:
    host: str
    port: int
    tls: bool
    starttls: bool
    user: str | None
    password: str | None

    @classmethod
    def parse(cls, url: str) -> Self:
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ValueError("SMTP_URL is smtp[s]://user:password@host:port?starttls=1")
        tls = parts.scheme == "smtps"
        return cls(
            host=parts.hostname,
            port=parts.port or (465 if tls else 587),
            tls=tls,
            starttls=parse_qs(parts.query).get("starttls") == ["1"],
            user=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
        )


class Post:
    """One connection, opened with the first mail and used for those after it."""

    def __init__(self, server: Server, *, timeout: float, data_timeout: float) -> None:
        self._server, self._timeout, self._data_timeout = server, timeout, data_timeout
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _value: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self._smtp is not None:
            try:
                self._smtp.quit()
            except (smtplib.SMTPException, OSError):
                self._smtp.close()

    def send(self, mail: EmailMessage, *, sender: str, recipient: str) -> None:
        smtp = self._smtp = self._smtp or self._connect()
        try:
            self._answer(smtp, *smtp.mail(sender), refusal=Deferred)  # a refused sender is our mistake, not this mail's
            self._answer(smtp, *smtp.rcpt(recipient), refusal=Refused)
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            raise self._lost(error) from error
        try:
            _patience(smtp, self._data_timeout)
            code, text = smtp.data(mail.as_bytes())
            _patience(smtp, self._timeout)
        except smtplib.SMTPDataError as error:  # said before the text was sent
            code, text = error.smtp_code, b""
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            raise self._lost(error, doubtful=True) from error
        self._answer(smtp, code, text, refusal=Refused)

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        try:
            if server.tls:
                context = ssl.create_default_context()
                smtp: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=self._timeout, context=context)
            else:
                smtp = smtplib.SMTP(server.host, server.port, timeout=self._timeout)
            if server.starttls:
                smtp.starttls(context=ssl.create_default_context())
            smtp.ehlo_or_helo_if_needed()
            if server.user is not None:
                smtp.login(server.user, server.password or "")
        except (smtplib.SMTPException, OSError) as error:
            raise self._lost(error) from error
        return smtp

    def _answer(self, smtp: smtplib.SMTP, code: int, _text: bytes, *, refusal: type[MailProblem]) -> None:
        if code < 400:
            return
        if code == CLOSING:
            raise self._lost(None, reason=str(code))
        try:
            smtp.rset()
        except (smtplib.SMTPServerDisconnected, OSError):
            self._forget()  # the answer still counts; the next mail connects anew
        raise (refusal if code >= 500 else Deferred)(str(code))

    def _lost(self, error: Exception | None, *, doubtful: bool = False, reason: str | None = None) -> ConnectionLost:
        self._forget()
        return ConnectionLost(reason or type(error).__name__, doubtful=doubtful)

    def _forget(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None


def _patience(smtp: smtplib.SMTP, seconds: float) -> None:
    """Servers look into a text before they take it; giving up meanwhile would send it twice."""
    if smtp.sock is not None:
        smtp.sock.settimeout(seconds)


def deliverable(address: str) -> str:
    """The address as every server understands it; Greek letters before the @ would need SMTPUTF8 all the way."""
    try:
        found = validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise Refused("address") from error
    if found.ascii_email is None:
        raise Refused("address")
    return found.ascii_email
