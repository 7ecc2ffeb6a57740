"""A person's telephone, which outlives their browsers: whoever signs in again in this run has it at hand."""

import time
from dataclasses import dataclass

import pyotp

STEP_SECONDS = 30


@dataclass
class Authenticator:
    secret: str
    last_step: int = 0

    def code(self) -> str:
        """One that was not used before: the present one, else the next one, as soon as it is looked at."""
        step = max(int(time.time()) // STEP_SECONDS, self.last_step + 1)
        time.sleep(max(0.0, (step - 1) * STEP_SECONDS - time.time()))
        self.last_step = step
        return str(pyotp.TOTP(self.secret).generate_otp(step))

    def wrong_code(self) -> str:
        """None of those of this hour."""
        now = int(time.time()) // STEP_SECONDS
        near = {pyotp.TOTP(self.secret).generate_otp(step) for step in range(now - 120, now + 121)}
        return next(code for code in (f"{number:06d}" for number in range(1000)) if code not in near)


_telephones: dict[tuple[str, str], Authenticator] = {}


def remember(gateway: str, persona: str, secret: str) -> Authenticator:
    """The persona's telephone at this suite takes the secret over."""
    _telephones[gateway, persona] = Authenticator(secret)
    return _telephones[gateway, persona]


def of(gateway: str, persona: str) -> Authenticator:
    return _telephones[gateway, persona]
