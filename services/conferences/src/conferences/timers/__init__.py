"""Everything that falls due. A timer opens its own transactions, so that no call to the outside is made inside one."""

from collections.abc import Mapping

from chassis import forgetting, rotation, snapshots
from chassis.timers import TimerFunction
from conferences.keys import KEYS
from conferences.snapshots import SNAPSHOTS
from conferences.timers import activity, attendance, conferences, groups, people, registrants, rooms
from conferences.usecases import erasing

TIMERS: Mapping[str, TimerFunction] = {
    "conference.open": conferences.open_at_start,
    "conference.close": conferences.end_at_time,
    "room.make": rooms.make,
    "room.close": rooms.close,
    "room.discard": rooms.discard,
    "room.weed": rooms.weed,
    "room.register": registrants.register,
    "registrant.withdraw": registrants.withdraw,
    "hooks.apply": attendance.apply_hooks,
    "attendance.reconcile": attendance.reconcile,
    "people.attach": people.attach,
    "activity.tell": activity.tell,
    "groups.forget": groups.forget,
    forgetting.TIMER: forgetting.timer(erasing.FORGETTING),
    rotation.TIMER: KEYS.rotate,
    snapshots.TIMER: snapshots.timer(SNAPSHOTS),
}
