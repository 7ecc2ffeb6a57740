"""The problems we answer; what each says to people is in contracts/problems/orgs.yaml."""

from chassis.errors import DomainError


class UnitNotAvailable(DomainError):
    """Unknown, closed, or of another institution."""

    type, status = "unit-not-available", 422
