"""What an operator watches of people's life in the system: numbers, never whose."""

from prometheus_client import Counter, Gauge

ANSWERS = Counter("employment_answers", "What the register said after the sign-in.", ["asked", "answer"])
DUE = Gauge("employment_recheck_due", "People still to be asked for, when the last portion ended.")
PORTION_ENDED = Gauge("employment_recheck_portion_ended_seconds", "When this worker's last portion ended, Unix time.")
UNANSWERED = Gauge("employment_recheck_unanswered", "Questions in a row that the register left without answer.")
UNUSED = Counter("unused_accounts", "Accounts that nobody uses, by what was done about them.", ["what"])
