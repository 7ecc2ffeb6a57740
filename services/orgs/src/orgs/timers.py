"""Everything that falls due."""

from chassis import forgetting, snapshots
from chassis.timers import TimerFunction
from orgs.snapshots import SNAPSHOTS
from orgs.usecases import erasing

TIMERS: dict[str, TimerFunction] = {
    forgetting.TIMER: forgetting.timer(erasing.FORGETTING),
    snapshots.TIMER: snapshots.timer(SNAPSHOTS),
}
