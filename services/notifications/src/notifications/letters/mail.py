"""A whole mail: texts, calendar entry, headers. The library escapes; we only forbid what it would have to guess."""

from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from typing import Any

from notifications.letters.texts import Texts
from notifications.letters.words import one_line

CALENDAR_FILE = "invite.ics"


class WholeTexts(EmailPolicy):
    """The library's own folding encodes word by word, and loses blanks between two words that it encoded."""

    def fold(self, name: str, value: Any) -> str:
        if name == "Subject":
            return f"{name}: {self._encoded(name, str(value))}{self.linesep}"
        match getattr(value, "addresses", ()):
            case (Address(display_name=known_as, addr_spec=address),) if not known_as.isascii():
                return f"{name}: {self._encoded(name, known_as)}{self.linesep} <{address}>{self.linesep}"
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: Any) -> bytes:
        return self.fold(name, value).encode("ascii")

    def _encoded(self, name: str, text: str) -> str:
        return Header(text, "utf-8", header_name=name).encode(linesep=self.linesep)


POLICY = WholeTexts(linesep=SMTP.linesep)


@dataclass(frozen=True)
class Envelope:
    sender: Address
    reply_to: Address | None
    recipient: Address
    message_id: str
    correlation_id: str
    sent_at: datetime


def compose(envelope: Envelope, texts: Texts, calendar: tuple[str, bytes] | None) -> EmailMessage:
    mail = EmailMessage(policy=POLICY)
    mail["From"] = envelope.sender
    if envelope.reply_to is not None:
        mail["Reply-To"] = envelope.reply_to
    mail["To"] = envelope.recipient
    mail["Subject"] = texts.subject
    mail["Date"] = envelope.sent_at
    mail["Message-ID"] = envelope.message_id
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
    mail["X-Auto-Response-Suppress"] = "All"  # the same for Exchange
    mail["X-Correlation-ID"] = one_line(envelope.correlation_id)
    mail.set_content(texts.text)
    mail.add_alternative(texts.html, subtype="html")
    if calendar is not None:
        method, entry = calendar
        # Programs that show an invitation look into the alternatives; the others offer the file.
        mail.add_alternative(entry.decode(), subtype="calendar", params={"method": method})
        mail.add_attachment(entry, maintype="application", subtype="ics", filename=CALENDAR_FILE)
    mail["Content-Language"] = "el, en"  # last: adding parts moves Content-… headers into the first one
    return mail
