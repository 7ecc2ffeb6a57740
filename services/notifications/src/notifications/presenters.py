from typing import Any

from notifications.models import Message


def message(row: Message) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "template": row.template,
        "about": str(row.about),
        "state": row.state,
        "attempts": row.attempts,
        "message_id": row.message_id,
        "created_at": row.queued_at.isoformat(),
        "sent_at": row.sent_at.isoformat() if row.sent_at is not None else None,
        "failure": row.failure,
    }
