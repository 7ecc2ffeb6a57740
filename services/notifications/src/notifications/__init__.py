"""Mail to people: templates, calendar entries, a queue that neither loses nor repeats."""
