"""Everything that falls due."""

from chassis import forgetting
from chassis.timers import TimerFunction
from orgs.usecases import erasing

TIMERS: dict[str, TimerFunction] = {forgetting.TIMER: forgetting.timer(erasing.FORGETTING)}
