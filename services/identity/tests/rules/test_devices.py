import pytest

from identity.rules.devices import Device, device_of

MOZILLA = "Mozilla/5.0"
WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("user_agent", "browser", "system"),
    [
        (f"{MOZILLA} (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox", "Windows"),
        (f"{MOZILLA} (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/140.0.0.0 Safari/537.36", "Chrome", "Windows"),
        (
            f"{MOZILLA} (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/140.0.0.0 Safari/537.36 Edg/140.0",
            "Edge",
            "Windows",
        ),
        (f"{MOZILLA} (X11; Linux x86_64) {WEBKIT} Chrome/140.0.0.0 Safari/537.36 OPR/120.0", "Opera", "Linux"),
        (f"{MOZILLA} (Macintosh; Intel Mac OS X 10_15_7) {WEBKIT} Version/18.0 Safari/605.1.15", "Safari", "macOS"),
        (
            f"{MOZILLA} (iPhone; CPU iPhone OS 18_0 like Mac OS X) {WEBKIT} Version/18.0 Mobile/15E148 Safari/604.1",
            "Safari",
            "iPhone",
        ),
        (f"{MOZILLA} (iPad; CPU OS 18_0 like Mac OS X) {WEBKIT} CriOS/140.0 Mobile/15E148", "Chrome", "iPad"),
        (f"{MOZILLA} (iPhone; CPU iPhone OS 18_0 like Mac OS X) {WEBKIT} FxiOS/140.0", "Firefox", "iPhone"),
        (
            f"{MOZILLA} (Linux; Android 15; SM-S921B) {WEBKIT} SamsungBrowser/28.0 Chrome/130.0 Mobile Safari/537.36",
            "Samsung Internet",
            "Android",
        ),
        (f"{MOZILLA} (X11; CrOS x86_64 14541.0.0) {WEBKIT} Chrome/140.0.0.0 Safari/537.36", "Chrome", "ChromeOS"),
        (f"{MOZILLA} (X11; Linux x86_64) {WEBKIT} HeadlessChrome/140.0.0.0 Safari/537.36", "Chrome", "Linux"),
        ("python-requests/2.32", None, None),
        ("", None, None),
        ("x" * 10_000 + "Firefox/", None, None),
    ],
)
def test_a_browser_is_recognised_by_what_it_calls_itself(
    user_agent: str, browser: str | None, system: str | None
) -> None:
    assert device_of(user_agent) == Device(browser, system)


@pytest.mark.parametrize(
    ("device", "greek", "english"),
    [
        (Device("Firefox", "Windows"), "Firefox σε Windows", "Firefox on Windows"),
        (Device("Firefox"), "Firefox", "Firefox"),
        (Device(system="Windows"), "Windows", "Windows"),
        (Device(), "Άγνωστη συσκευή", "Unknown device"),
    ],
)
def test_a_device_is_named_in_the_readers_language(device: Device, greek: str, english: str) -> None:
    assert (device.named("el"), device.named("en")) == (greek, english)
