"""The tabs of «Χρήστες», in the guide's order: Διαχειριστές, Χρήστες, Ομάδες, Προς έγκριση."""

from portal.tabs import Tab

TABS: tuple[Tab, ...] = ()
