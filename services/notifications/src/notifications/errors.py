"""The problems we answer; what each says to people is in contracts/problems/notifications.yaml."""

from chassis.errors import DomainError, RetryLater


class DailyLimit(RetryLater):
    """`limit` messages a day; the next day begins at midnight in Athens."""

    type, status = "daily-limit", 429


class NoRecipients(DomainError):
    type, status = "no-recipients", 409
