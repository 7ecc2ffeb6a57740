"""The problems only conferences answers. Titles and advice: contracts/problems/conferences.yaml."""

from chassis.errors import DomainError, RetryLater


class NoHostAvailable(DomainError):
    type, status = "no-host-available", 409


class PeriodNotPossible(DomainError):
    type, status = "period-not-possible", 422


class UnitNotAllowed(DomainError):
    type, status = "unit-not-allowed", 422


class CapacityBelowParticipants(DomainError):
    type, status = "capacity-below-participants", 409


class CapacityFixedWhileOpen(DomainError):
    type, status = "capacity-fixed-while-open", 409


class ConferenceOver(DomainError):
    type, status = "conference-over", 409


class ReceiverNotPossible(DomainError):
    type, status = "receiver-not-possible", 422


class ConferenceNotStarted(DomainError):
    type, status = "conference-not-started", 409


class ConferenceNotEnded(DomainError):
    type, status = "conference-not-ended", 409


class GroupNotFound(DomainError):
    type, status = "group-not-found", 422


class GroupFull(DomainError):
    type, status = "group-full", 409


class TooManyGroups(DomainError):
    type, status = "too-many-groups", 409


class PersonNotFound(DomainError):
    type, status = "person-not-found", 422


class JoinNotOpen(DomainError):
    type, status = "join-not-open", 409


class NameRequired(DomainError):
    type, status = "name-required", 422


class TicketWithdrawn(DomainError):
    type, status = "ticket-withdrawn", 410


class RoomPreparing(RetryLater):
    type, status = "room-preparing", 503
    retry_after_seconds = 3


class SignatureInvalid(DomainError):
    type, status = "signature-invalid", 401
