"""When the register is asked anew about people it once answered for (O4): at night, little by little."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

ATHENS = ZoneInfo("Europe/Athens")
IS_AWAY_AFTER = 3  # questions in a row without answer: one person's record may be broken, three are an outage
ANSWER_TAKES_AT_MOST = timedelta(minutes=5)
ANOTHER_NIGHT = timedelta(hours=20)


@dataclass(frozen=True)
class Hours:
    """From one full hour of Athens clocks to another, perhaps past midnight; 0 to 24 is always."""

    from_hour: int
    until_hour: int

    def includes(self, moment: datetime) -> bool:
        hour = moment.astimezone(ATHENS).hour
        if self.from_hour < self.until_hour:
            return self.from_hour <= hour < self.until_hour
        return hour >= self.from_hour or hour < self.until_hour

    def next_begin(self, moment: datetime) -> datetime:
        """Strictly later, also when it is just beginning."""
        today = moment.astimezone(ATHENS).date()
        begins = (datetime.combine(today + timedelta(days=n), time(self.from_hour), ATHENS) for n in (0, 1))
        return next(begin for begin in begins if begin.timestamp() > moment.timestamp())
