"""The audit trail of this service, for platform administrators (R6)."""

from chassis import trail
from notifications.usecases.administrators import ensure_administrator

find, verify = trail.operations(ensure_administrator)
