import pytest

from notifications.rules.messages import Lane, State, Template, Trace, Verdict, cancellation_verdict, lane_of

INVITATION, CANCELLED, REMOVED = (
    Template.conference_invitation,
    Template.conference_cancelled,
    Template.conference_removed,
)


@pytest.mark.parametrize(
    ("earlier", "verdict"),
    [
        ([], Verdict.drop),
        ([Trace(INVITATION, State.sent, False)], Verdict.send),
        ([Trace(INVITATION, State.superseded, False)], Verdict.drop),
        ([Trace(INVITATION, State.superseded, True)], Verdict.send),
        ([Trace(INVITATION, State.failed, False)], Verdict.drop),
        ([Trace(INVITATION, State.failed, True)], Verdict.send),
        ([Trace(INVITATION, State.queued, False)], Verdict.drop),
        ([Trace(INVITATION, State.queued, True)], Verdict.send),
        ([Trace(INVITATION, State.sending, False)], Verdict.wait),
        ([Trace(INVITATION, State.sent, False), Trace(INVITATION, State.sending, False)], Verdict.wait),
        ([Trace(INVITATION, State.sent, False), Trace(CANCELLED, State.sent, False)], Verdict.drop),
        ([Trace(INVITATION, State.sent, False), Trace(REMOVED, State.superseded, False)], Verdict.send),
        (
            [
                Trace(INVITATION, State.sent, False),
                Trace(REMOVED, State.sent, False),
                Trace(INVITATION, State.superseded, False),
            ],
            Verdict.drop,
        ),
        (
            [
                Trace(INVITATION, State.sent, False),
                Trace(REMOVED, State.sent, False),
                Trace(INVITATION, State.sent, False),
            ],
            Verdict.send,
        ),
    ],
)
def test_a_cancellation_follows_only_an_invitation_that_may_have_arrived(
    earlier: list[Trace], verdict: Verdict
) -> None:
    assert cancellation_verdict(earlier) is verdict


def test_only_a_proof_is_urgent() -> None:
    urgent = {template for template in Template if lane_of(template) is Lane.urgent}
    assert urgent == {Template.email_proof, Template.extra_email_proof}
