"""What is said of mails can be said of each kind of them: in facts and to support."""

from uuid import uuid4

import pytest

from chassis.clock import now
from chassis.contracts import check_event, openapi
from notifications import events
from notifications.models import Message
from notifications.rules.messages import State, Template


@pytest.mark.parametrize("template", Template)
def test_of_every_kind_of_mail_is_told_what_became_of_it(template: Template) -> None:
    """A fact that breaks its contract undoes «sent»: the mail would go out again and again."""
    message = Message(
        id=uuid4(), template=template, about=uuid4(), sequence=1, attempts=1, state=State.sent, sent_at=now()
    )

    for fact in (
        events.message_sent(message, now()),
        events.message_failed(message, now(), reason="refused"),
        events.message_snapshot(message),
    ):
        check_event(fact.type, dict(fact.data))
    assert (
        template in openapi("notifications.yaml")["components"]["schemas"]["Message"]["properties"]["template"]["enum"]
    )
