"""What kinds of mail there are, and which of them are still worth sending. Plain values, no database."""

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple


class Template(StrEnum):
    email_proof = "email_proof"
    extra_email_proof = "extra_email_proof"
    email_claim_lost = "email_claim_lost"
    primary_email_changed = "primary_email_changed"
    platform_invitation = "platform_invitation"
    sign_in_closed = "sign_in_closed"
    account_disabled = "account_disabled"
    account_enabled = "account_enabled"
    two_factor_changed = "two_factor_changed"
    employment_flagged = "employment_flagged"
    employment_lapsed = "employment_lapsed"
    inactivity_warned = "inactivity_warned"
    collaboration_requested = "collaboration_requested"
    collaboration_accepted = "collaboration_accepted"
    collaboration_rejected = "collaboration_rejected"
    collaboration_ended = "collaboration_ended"
    account_erased = "account_erased"
    role_request_opened = "role_request_opened"
    role_request_accepted = "role_request_accepted"
    role_request_rejected = "role_request_rejected"
    institution_uncoordinated = "institution_uncoordinated"
    role_taken = "role_taken"
    coordinator_surname_differs = "coordinator_surname_differs"
    coordinator_invitation_needless = "coordinator_invitation_needless"
    conference_invitation = "conference_invitation"
    conference_cancelled = "conference_cancelled"
    conference_removed = "conference_removed"
    conference_handed_over = "conference_handed_over"
    conference_received = "conference_received"
    coordinator_left = "coordinator_left"
    coordinator_message = "coordinator_message"


class State(StrEnum):
    queued = "queued"
    sending = "sending"
    sent = "sent"
    failed = "failed"
    superseded = "superseded"


class Lane(StrEnum):
    """Two queues beside each other: somebody waits in front of the screen for a proof, nobody for an invitation."""

    urgent = "urgent"
    ordinary = "ordinary"


class Verdict(StrEnum):
    """What to do with the cancellation of an invitation."""

    send = "send"
    wait = "wait"
    drop = "drop"


PROOFS = frozenset({Template.email_proof, Template.extra_email_proof})
CANCELLATIONS = frozenset({Template.conference_cancelled, Template.conference_removed})


class Trace(NamedTuple):
    """What became of one earlier mail. `doubtful`: an attempt broke off where the server may have taken it."""

    template: Template
    state: State
    doubtful: bool

    @property
    def may_have_arrived(self) -> bool:
        return self.state is State.sent or self.doubtful


def lane_of(template: Template) -> Lane:
    return Lane.urgent if template in PROOFS else Lane.ordinary


def cancellation_verdict(earlier: Iterable[Trace]) -> Verdict:
    """A calendar entry is taken back only from whom one may have reached (S34). `earlier`: oldest first.

    What a previous cancellation already took back does not count; an unsent invitation will not be sent any more.
    """
    since: list[Trace] = []
    for trace in earlier:
        if trace.template not in CANCELLATIONS:
            since.append(trace)
        elif trace.may_have_arrived:
            since.clear()
    if any(trace.state is State.sending for trace in since):
        return Verdict.wait
    return Verdict.send if any(trace.may_have_arrived for trace in since) else Verdict.drop
