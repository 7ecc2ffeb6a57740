"""A whole mail: texts, calendar entry, headers. The library escapes; we only forbid what it would have to guess."""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from notifications.letters.texts import Texts
from notifications.letters.words import one_line

CALENDAR_FILE = "invite.ics"


@dataclass(frozen=True)
class Envelope:
    sender: Address
    reply_to: Address | None
    recipient: Address
    message_id: str
    correlation_id: str
    sent_at: datetime


def compose(envelope: Envelope, texts: Texts, calendar: tuple[str, bytes] | None) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
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
