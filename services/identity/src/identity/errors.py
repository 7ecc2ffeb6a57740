"""One class per problem that only identity answers; titles and advice are in contracts/problems/identity.yaml."""

from chassis.errors import Conflict, DomainError, Gone


class SignInExpired(DomainError):
    type, status = "sign-in-expired", 401


class SignInRefused(DomainError):
    """`reason` is a `Refusal`."""

    type, status = "sign-in-refused", 403


class SessionExpired(DomainError):
    type, status = "session-expired", 401


class AlreadyActive(Conflict):
    type = "already-active"


class EmailTaken(Conflict):
    type = "email-taken"


class EmailAlreadyMine(Conflict):
    type = "email-already-mine"


class EmailsFull(Conflict):
    type = "emails-full"


class EmailPrimary(Conflict):
    type = "email-primary"


class EmailConfirmed(Conflict):
    type = "email-confirmed"


class EmailUnconfirmed(Conflict):
    type = "email-unconfirmed"


class TermsOutdated(Conflict):
    type = "terms-outdated"


class ActivationIncomplete(DomainError):
    """`errors` says which answer only this account needs."""

    type, status = "activation-incomplete", 422


class PhoneInvalid(DomainError):
    type, status = "phone-invalid", 422


class EmailNotPrimary(DomainError):
    """The address typed to confirm the deletion is not the account's."""

    type, status = "email-not-primary", 422


class ConferencesPlanned(Conflict):
    """`conferences` lists what must be cancelled or handed over first."""

    type = "conferences-planned"


class TokenSpent(Gone):
    type = "token-spent"


class AccountExists(Conflict):
    type = "account-exists"


class AlreadyInvited(Conflict):
    type = "already-invited"


class InvitationClosed(Conflict):
    type = "invitation-closed"


class OwnAccount(Conflict):
    type = "own-account"


class LastAdministrator(Conflict):
    type = "last-administrator"


class NotDisabled(Conflict):
    type = "not-disabled"


class SignInAtAnotherStep(Conflict):
    """`awaits` is a `Step`."""

    type = "sign-in-at-another-step"


class CodeWrong(DomainError):
    """`attempts_left` where the attempt has an end: the sign-in is over at 0."""

    type, status = "code-wrong", 422


class ClockOff(DomainError):
    """Wrong, too, but the person can do something about it. `minutes_off`: positive when the phone's clock is ahead."""

    type, status = "clock-off", 422


class CodeSpent(Conflict):
    type = "code-spent"


class TwoFactorActive(Conflict):
    type = "two-factor-active"


class TwoFactorInactive(Conflict):
    type = "two-factor-inactive"


class TwoFactorRequired(Conflict):
    type = "two-factor-required"


class EnrolmentNeeded(Conflict):
    type = "enrolment-needed"


class ClientRevoked(Conflict):
    type = "client-revoked"


class InstitutionUnknown(DomainError):
    type, status = "institution-unknown", 422
