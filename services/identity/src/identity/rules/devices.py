"""On what somebody signed in, in two words: enough to recognise it in a list, too little to follow anybody by (O1)."""

from dataclasses import dataclass

LONGEST_LOOKED_AT = 500

# The first that is found counts: most browsers also carry the names of those they descend from.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
TOGETHER = {"el": "{browser} σε {system}", "en": "{browser} on {system}"}
UNKNOWN = {"el": "Άγνωστη συσκευή", "en": "Unknown device"}


@dataclass(frozen=True)
class Device:
    """What the browser said of itself; nothing of it need be true."""

    browser: str | None = None
    system: str | None = None

    def named(self, language: str) -> str:
        """«Firefox σε Windows»."""
        if self.browser and self.system:
            return TOGETHER[language].format(browser=self.browser, system=self.system)
        return self.browser or self.system or UNKNOWN[language]


def device_of(user_agent: str) -> Device:
    """The header itself, which tells devices of a kind apart, is not kept."""
    looked_at = user_agent[:LONGEST_LOOKED_AT]
    return Device(_first(BROWSERS, looked_at), _first(SYSTEMS, looked_at))


def _first(known: tuple[tuple[str, str], ...], text: str) -> str | None:
    return next((name for mark, name in known if mark in text), None)
