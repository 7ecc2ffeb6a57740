"""The problems we answer; what each says to people is in contracts/problems/orgs.yaml."""

from chassis.errors import DomainError, RetryLater


class UnitNotAvailable(DomainError):
    """Unknown, closed, or of another institution."""

    type, status = "unit-not-available", 422


class UnitRequired(DomainError):
    type, status = "unit-required", 422


class PhoneInvalid(DomainError):
    """Like no telephone number."""

    type, status = "phone-invalid", 422


class InstitutionNotAllowed(DomainError):
    """Neither the own institution nor one that the register names; or closed."""

    type, status = "institution-not-allowed", 422


class EmploymentPending(DomainError):
    type, status = "employment-pending", 409


class NotEmployed(DomainError):
    type, status = "not-employed", 403


class RoleRequestOpen(DomainError):
    """One at a time: `role_request_id` is the open one."""

    type, status = "role-request-open", 409


class RoleNotHigher(DomainError):
    """`role` is the present one."""

    type, status = "role-not-higher", 409


class RoleRequestClosed(DomainError):
    type, status = "role-request-closed", 409


class NotAStepDown(DomainError):
    """`role` is the present one."""

    type, status = "not-a-step-down", 409


class NameTaken(DomainError):
    """Of an open institution, or of an open unit of the same institution."""

    type, status = "name-taken", 409


class RegistryCodeTaken(DomainError):
    type, status = "code-taken", 409


class EmploymentApiIdTaken(DomainError):
    type, status = "code-taken", 409


class InstitutionClosed(DomainError):
    type, status = "institution-closed", 409


class InstitutionInUse(DomainError):
    """`uses` counts by what."""

    type, status = "institution-in-use", 409


class InstitutionNeeded(DomainError):
    """The one that takes in whoever fits nowhere else."""

    type, status = "institution-needed", 409


class UnitClosed(DomainError):
    type, status = "unit-closed", 409


class UnitInUse(DomainError):
    """`uses` counts by what."""

    type, status = "unit-in-use", 409


class GeneralUnitFixed(DomainError):
    type, status = "general-unit-fixed", 409


class CollaborationEnded(DomainError):
    """Cancelled, rejected or ended by one of the two, or because one of them coordinates nothing there any more."""

    type, status = "collaboration-ended", 409


class CoordinatorAlreadyInvited(DomainError):
    """`invitation_id` is the open one."""

    type, status = "coordinator-already-invited", 409


class AlreadyCoordinator(DomainError):
    """`person_id` has the role there, or a higher one."""

    type, status = "already-coordinator", 409


class CoordinatorInvitationClosed(DomainError):
    type, status = "coordinator-invitation-closed", 409


class SentAMomentAgo(RetryLater):
    type, status = "sent-a-moment-ago", 429


class NotACoordinator(DomainError):
    type, status = "not-a-coordinator", 409
