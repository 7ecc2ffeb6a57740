"""The register is asked: again where it was away, at night about everybody, and before a coordinator's role lapses.

The call itself holds no transaction; whoever signs in meanwhile has the newer answer, and ours is dropped.
"""

import time
from datetime import datetime
from uuid import UUID

from chassis import logs
from chassis.clock import now
from chassis.db import transaction
from chassis.timers import Timer, schedule
from identity import figures, parts, queries
from identity.clients.hrms import Finding
from identity.rules.employment import Answer, next_retry
from identity.rules.rechecks import IS_AWAY_AFTER
from identity.usecases import employment, rechecks
from identity.usecases.rechecks import Question

log = logs.get_logger(__name__)
PORTION_SECONDS = 15  # well within a timer's lease and the time a stopping worker has


def recheck(timer: Timer) -> None:
    """Somebody entered while it was away."""
    answered = _answered(timer, "retry")
    if answered is None:
        return
    with transaction() as session:
        timer.finish(session)
        rechecks.settle(session, *answered, parts=parts.current(), now=now())


def lapse(timer: Timer) -> None:
    """A coordinator's time to settle it is over. Only a fresh «no» takes the role: an outage never demotes."""
    answered = _answered(timer, "lapse")
    if answered is None:
        return
    with transaction() as session:
        rechecks.settle(session, *answered, parts=parts.current(), now=now())
        person = queries.person_if_there_for_update(session, UUID(timer.subject))
        until = employment.settle_by(person, parts.current()) if person is not None else None
        if person is None or until is None:
            timer.finish(session)
        elif now() < until:  # flagged anew, or given longer by the setting
            schedule(session, timer.name, timer.subject, until, {"retries": 0})
        else:
            employment.lapse(session, person, parts=parts.current(), now=now())
            timer.finish(session)


def nightly(timer: Timer) -> datetime | None:
    """One portion; the next follows at once, after a pause if the register is away, or on the next night."""
    settings = parts.current().settings
    if not settings.recheck_hours.includes(now()):
        return settings.recheck_hours.next_begin(now())
    portion = Portion(pauses=int(timer.payload.get("pauses", 0)))
    portion.run()
    with transaction() as session:
        due = rechecks.due(session, every=settings.recheck_every, now=now())
        payload = {"pauses": portion.pauses}
        next_at = portion.next_at(now()) if due else settings.recheck_hours.next_begin(now())
        schedule(session, timer.name, timer.subject, next_at, payload)
    timer.settled = True
    figures.DUE.set(due)
    figures.UNANSWERED.set(portion.unanswered)
    figures.PORTION_ENDED.set_to_current_time()
    log.info("employment portion ended", asked=portion.asked, unanswered=portion.unanswered, due=due)
    return None


class Portion:
    """A few questions, one after the other. `pauses`: how many portions in a row ended because nobody answered."""

    def __init__(self, pauses: int) -> None:
        self.pauses, self.asked, self.unanswered = pauses, 0, 0

    @property
    def met_an_outage(self) -> bool:
        return self.unanswered >= IS_AWAY_AFTER

    def run(self) -> None:
        settings = parts.current().settings
        ends_at = time.monotonic() + PORTION_SECONDS
        while self.asked < settings.recheck_portion and time.monotonic() < ends_at and not self.met_an_outage:
            if self.asked:
                time.sleep(settings.recheck_pause_ms / 1000)
            with transaction() as session:
                question = rechecks.claim(session, every=settings.recheck_every, now=now())
            if question is None:
                break
            self._ask(question)
        self.pauses = self.pauses + 1 if self.met_an_outage else 0

    def next_at(self, moment: datetime) -> datetime:
        return moment + next_retry(self.pauses - 1) if self.pauses else moment

    def _ask(self, question: Question) -> None:
        finding = _look_up(question, "nightly")
        self.asked += 1
        self.unanswered = self.unanswered + 1 if finding.answer == Answer.unavailable else 0
        with transaction() as session:
            rechecks.settle(session, question, finding, parts=parts.current(), now=now())


def _answered(timer: Timer, asked: str) -> tuple[Question, Finding] | None:
    """What the register says of the timer's person; None if they are gone, or if it is away and will be asked again."""
    with transaction() as session:
        question = rechecks.question_about(session, UUID(timer.subject))
    if question is None:
        return None
    finding = _look_up(question, asked)
    if finding.answer != Answer.unavailable:
        return question, finding
    retries = int(timer.payload["retries"]) + 1
    with transaction() as session:
        schedule(session, timer.name, timer.subject, now() + next_retry(retries), {"retries": retries})
    return None


def _look_up(question: Question, asked: str) -> Finding:
    tax_id = parts.current().encryption.decrypt(question.sealed_tax_id)
    finding = parts.current().directory.look_up(tax_id)
    figures.ANSWERS.labels(asked, finding.answer).inc()
    return finding
