"""What every page of the sandbox owes: a title, one h1, labels, unique ids, a language, no script."""

from html.parser import HTMLParser


class Page(HTMLParser):
    def __init__(self, response):
        super().__init__()
        self.status = response.status_code
        self.text = response.text
        self.tags, self.ids, self.labelled, self.fields = [], [], set(), []
        self.forms = []
        self.feed(response.text)
        self.check()

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.tags.append((tag, attributes))
        if "id" in attributes:
            self.ids.append(attributes["id"])
        if tag == "label":
            self.labelled.add(attributes["for"])
        if tag == "form":
            self.forms.append((attributes.get("action"), {}))
        if tag == "input" and attributes.get("type") == "hidden":
            self.forms[-1][1][attributes["name"]] = attributes["value"]
        elif tag == "input":
            self.fields.append(attributes.get("id"))

    def check(self):
        names = [tag for tag, _ in self.tags]
        assert ("html", {"lang": "el"}) in self.tags
        assert names.count("h1") == names.count("title") == names.count("main") == 1
        assert "script" not in names
        assert len(set(self.ids)) == len(self.ids)
        assert set(self.fields) <= self.labelled
        assert not [name for _, attributes in self.tags for name in attributes if name.startswith("on")]

    def form(self, **wanted):
        """The address and hidden fields of the form that holds these."""
        return next((action, held) for action, held in self.forms if wanted.items() <= held.items())
