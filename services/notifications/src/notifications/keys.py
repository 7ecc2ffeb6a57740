"""Nothing is encrypted here, but mails wait with what others sealed for us: their key stays until they have gone."""

from collections import Counter

from sqlalchemy.orm import Session

from chassis.rotation import Keys, no_rings, sealed_facts, sealed_values
from notifications.models import Message


def sealed_mails(session: Session) -> Counter[str]:
    return sealed_values(session, Message.data["sealed"])


KEYS = Keys("notifications", rings=no_rings, counted={"sealed mails": sealed_mails, "sealed facts": sealed_facts})
