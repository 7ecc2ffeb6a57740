"""A person's telephone: the codes its app shows, of the present or of another moment."""

from dataclasses import dataclass

import pyotp

from chassis.clock import now
from identity.rules.two_factor import step_at


@dataclass
class Authenticator:
    secret: str

    def code(self, steps: int = 0) -> str:
        """The app's code, `steps` of half a minute from now."""
        return str(pyotp.TOTP(self.secret).generate_otp(step_at(now()) + steps))

    def wrong_code(self) -> str:
        """None that this telephone shows in these hours."""
        near = {self.code(steps) for steps in range(-120, 121)}
        return next(code for code in (f"{number:06d}" for number in range(1000)) if code not in near)
