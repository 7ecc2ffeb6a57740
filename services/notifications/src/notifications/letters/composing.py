"""What each kind of mail says: the fact's data and what was sealed in it, as a template wants them."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any
from urllib.parse import quote
from uuid import UUID

from notifications.letters import calendar, texts
from notifications.letters.mail import Envelope, compose
from notifications.letters.words import one_line
from notifications.rules.messages import CANCELLATIONS, Template
from notifications.settings import Settings

LINKS = {
    Template.email_proof: "/confirm?token={token}",
    Template.extra_email_proof: "/confirm?token={token}",
    Template.platform_invitation: "/invitation?token={token}",
    Template.conference_invitation: "/join/{ticket}",
    Template.collaboration_requested: "/account/collaborators",
    Template.account_erased: "/certificate/{token}",
    Template.role_request_opened: "/users/requests",
    Template.role_request_accepted: "/conferences",
    Template.role_request_rejected: "/account/role",
    Template.institution_uncoordinated: "/users/requests",
    Template.coordinator_surname_differs: "/users/coordinators",
    Template.coordinator_invitation_needless: "/users/coordinators",
    Template.coordinator_left: "/conferences#left",
}

# What was sealed beside names and secrets, and is said as it is.
SEALED_WORDS = (
    "inviter_name",
    "institution_name",
    "unit_name",
    "claimed",
    "invited",
    "applicant",
    "comment",
    "other_name",
)


@dataclass(frozen=True)
class Outgoing:
    """A claimed message, apart from its row: nothing is held in the database while it is sent."""

    id: UUID
    template: Template
    data: Mapping[str, Any]
    message_id: str
    correlation_id: str
    occurred_at: datetime
    attempts: int
    address: str | None  # the person's primary one, if we know the person


def write(
    outgoing: Outgoing, opened: Mapping[str, Any], *, recipient: str, settings: Settings, now: datetime
) -> EmailMessage:
    facts = facts_of(outgoing.template, outgoing.data, opened, public_url=settings.public_url)
    written = texts.render(outgoing.template, facts)
    envelope = Envelope(
        sender=settings.sender,
        reply_to=settings.reply_to,
        recipient=Address(display_name=one_line(facts["name"]), addr_spec=recipient),
        message_id=outgoing.message_id,
        correlation_id=outgoing.correlation_id,
        sent_at=now,
    )
    return compose(
        envelope, written, _calendar(outgoing, facts, recipient=recipient, organizer=settings.sender.addr_spec)
    )


def facts_of(
    template: Template, data: Mapping[str, Any], opened: Mapping[str, Any], *, public_url: str
) -> dict[str, Any]:
    names = (opened.get("surname"), opened.get("name"))
    link = LINKS.get(template)
    secrets = {name: quote(str(opened[name]), safe="") for name in ("token", "ticket") if name in opened}
    return {
        **data,
        "public_url": public_url,
        "name": " ".join(part for part in names if part),
        **{name: opened.get(name, data.get(name)) for name in SEALED_WORDS},
        "link": public_url + link.format(**secrets) if link else None,
    }


def message_id(key: bytes, *, fact_id: UUID, template: Template, about: UUID, domain: str) -> str:
    """The same fact and recipient give the same id: a mail repeated after a crash is recognised by the mailbox."""
    digest = hmac.new(key, f"{fact_id}/{template}/{about}".encode(), hashlib.sha256).hexdigest()
    return f"<{digest[:40]}@{domain}>"


def _calendar(
    outgoing: Outgoing, facts: Mapping[str, Any], *, recipient: str, organizer: str
) -> tuple[str, bytes] | None:
    made_at = outgoing.occurred_at  # not now: a repeated mail carries the very same entry
    if outgoing.template is Template.conference_invitation:
        description = texts.render_part("conference_invitation/calendar.txt", facts)
        return calendar.request(
            facts, made_at=made_at, organizer=organizer, attendee=recipient, description=description
        )
    if outgoing.template in CANCELLATIONS:
        return calendar.cancel(facts, made_at=made_at, organizer=organizer, attendee=recipient)
    return None
