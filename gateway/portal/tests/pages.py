"""Fetching pages: every page that any test fetches is checked here."""

import re
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
UNLABELLED = {"hidden", "submit", "button"}
NAMED_BY = ("aria-label", "aria-labelledby")


@dataclass
class Element:
    """A node of a page."""

    tag: str
    attributes: dict[str, str]
    parent: "Element | None" = None
    pieces: list[Any] = field(default_factory=list)

    @property
    def text(self) -> str:
        words = (piece if isinstance(piece, str) else piece.text for piece in self.pieces)
        return " ".join(" ".join(words).split())

    def all(self, tag: str = "", **attributes: str) -> list["Element"]:
        """Elements below, by tag and attribute values."""
        found = []
        for piece in self.pieces:
            if isinstance(piece, Element):
                if (not tag or piece.tag == tag) and all(piece.attributes.get(k) == v for k, v in attributes.items()):
                    found.append(piece)
                found += piece.all(tag, **attributes)
        return found

    def one(self, tag: str = "", **attributes: str) -> "Element":
        found = self.all(tag, **attributes)
        assert len(found) == 1, f"{len(found)} × {tag} {attributes}"
        return found[0]

    def link(self, words: str) -> str:
        """Where the link with these words leads."""
        found = [each for each in self.all("a") if words in each.text]
        assert found, f"no link «{words}» among {[each.text for each in self.all('a')]}"
        return found[0].attributes["href"]

    def within(self, tag: str) -> bool:
        return self.parent is not None and (self.parent.tag == tag or self.parent.within(tag))


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = self.here = Element("", {})

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> repeats an attribute: {names}"
        element = Element(tag, {name: value or "" for name, value in attrs}, self.here)
        self.here.pieces.append(element)
        if tag not in VOID:
            self.here = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.here = self.here.parent or self.root

    def handle_endtag(self, tag: str) -> None:
        assert self.here.tag == tag, f"</{tag}> closes <{self.here.tag}>"
        self.here = self.here.parent or self.root

    def handle_data(self, data: str) -> None:
        self.here.pieces.append(data)


@dataclass
class Page:
    """A fetched and checked page."""

    root: Element
    status: int
    path: str
    response: TestResponse

    @property
    def heading(self) -> str:
        return self.root.one("h1").text

    @property
    def title(self) -> str:
        return self.root.one("title").text

    @property
    def main(self) -> Element:
        return self.root.one("main")

    @property
    def text(self) -> str:
        return self.main.text

    @property
    def errors(self) -> list[str]:
        """What the error summary lists."""
        summaries = [each for each in self.root.all() if each.attributes.get("role") == "alert"]
        return [item.text for summary in summaries for item in summary.all("li")]

    def form(self, button: str) -> Element:
        """The form sent by a button with these words."""
        for each in self.root.all("button"):
            if button in each.text:
                owner = each
                if "form" in each.attributes:
                    return self.root.one("form", id=each.attributes["form"])
                while owner.tag != "form":
                    assert owner.parent
                    owner = owner.parent
                return owner
        raise AssertionError(f"no button «{button}»")


def read(response: TestResponse) -> Page:
    reader = Reader()
    reader.feed(response.get_data(as_text=True))
    reader.close()
    page = Page(reader.root, response.status_code, response.request.path, response)
    check(page)
    return page


def check(page: Page) -> None:
    """What holds for every page."""
    root = page.root
    html = root.one("html")
    assert html.attributes["lang"] in ("el", "en")
    assert root.one("title").text.endswith("– e:Presence.gov.gr")
    assert page.title.startswith(("Σφάλμα: ", "Error: ")) == bool(page.errors)
    assert root.one("h1").text
    assert root.one("main").attributes["id"] == "main"
    assert root.all("a")[0].attributes["href"] == "#main", "the first link skips to the content"
    check_identities(root)
    check_no_inline(root)
    check_controls(root)
    check_forms(root)
    check_headings(root)
    check_cookies(page.response)


def check_identities(root: Element) -> None:
    ids = [each.attributes["id"] for each in root.all() if "id" in each.attributes]
    assert not [name for name, count in Counter(ids).items() if count > 1]
    for each in root.all():
        for name in ("aria-describedby", "aria-labelledby", "for", "form"):
            for target in each.attributes.get(name, "").split():
                assert target in ids, f"{name}={target} leads nowhere"
        href = each.attributes.get("href", "")
        assert not href.startswith("#") or href[1:] in ids, href


def check_no_inline(root: Element) -> None:
    assert not root.all("style")
    for each in root.all():
        assert "style" not in each.attributes, each.tag
        assert not [name for name in each.attributes if name.startswith("on")], each.tag
        assert each.tag != "script" or (each.attributes.get("src") and not each.text)
        if each.tag in ("script", "img", "iframe", "source", "link"):
            address = each.attributes.get("src") or each.attributes.get("href", "")
            drawn = each.tag == "img" and address.startswith("data:image/svg+xml;base64,")  # shown, never run
            assert drawn or re.match("/[^/]", address), address


def check_controls(root: Element) -> None:
    labels = {each.attributes.get("for") for each in root.all("label")}
    for control in [*root.all("input"), *root.all("select"), *root.all("textarea")]:
        if control.attributes.get("type") in UNLABELLED:
            continue
        named = control.attributes.get("id") in labels or any(name in control.attributes for name in NAMED_BY)
        assert named, f"no label for {control.attributes}"
        invalid = control.attributes.get("aria-invalid") == "true"
        assert not invalid or control.attributes.get("aria-describedby"), "a wrong field says why"
    for each in [*root.all("button"), *root.all("a"), *root.all("summary")]:
        assert each.text or each.attributes.get("aria-label"), f"a {each.tag} without words"


def check_forms(root: Element) -> None:
    for form in root.all("form"):
        action = form.attributes["action"]
        assert action.startswith("/")
        assert not action.startswith("//")
        names = [each.attributes.get("name") for each in form.all("input")]
        if form.attributes.get("method") == "post":
            assert names.count("csrf_token") == 1, action
        else:
            assert "csrf_token" not in names, "a token has no place in an address"


def check_headings(root: Element) -> None:
    levels = [int(each.tag[1]) for each in root.one("main").all() if re.fullmatch("h[1-6]", each.tag)]
    for above, below in zip([0, *levels], levels, strict=False):
        assert below <= max(above, 1) + 1, f"a heading is skipped: {levels}"


def check_cookies(response: TestResponse) -> None:
    for cookie in response.headers.getlist("Set-Cookie"):
        for attribute in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
            assert attribute in cookie, cookie


class Visitor:
    """A browser without script: keeps cookies, fetches, fills in and sends forms, follows redirects."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def sign_in(self, session: str = "session-1") -> None:
        self.client.set_cookie("__Host-epresence", session)

    def get(self, path: str, **options: Any) -> Page:
        return self._follow(self.client.get(path, **options))

    def send(self, page: Page, button: str, fields: dict[str, Any] | None = None, **options: Any) -> Page:
        """Press a button of the page, with these fields filled in."""
        response = self.submit(page, button, fields, **options)
        return self._follow(response)

    def submit(self, page: Page, button: str, fields: dict[str, Any] | None = None, **options: Any) -> TestResponse:
        form = page.form(button)
        values = filled(form, button) | (fields or {})
        known = {each.attributes.get("name") for each in form.all()} | {None}
        assert set(fields or {}) <= known, f"the form has {known}"
        values = {name: value for name, value in values.items() if value is not None}
        if form.attributes.get("method") == "post":
            return self.client.post(form.attributes["action"], data=values, **options)
        return self.client.get(form.attributes["action"].partition("#")[0], query_string=values, **options)

    def _follow(self, response: TestResponse) -> Page:
        while response.status_code in (302, 303):
            target = response.headers["Location"]
            assert urlsplit(urljoin("http://localhost", target)).netloc == "localhost", target
            response = self.client.get(target.partition("#")[0])
        return read(response)


def filled(form: Element, button: str) -> dict[str, Any]:
    """The values a browser would send without a person touching anything."""
    values: dict[str, Any] = {}
    for each in form.all():
        name, value = each.attributes.get("name"), each.attributes.get("value", "")
        if not name:
            continue
        if each.tag == "textarea":
            values[name] = each.text
        elif each.tag == "select":
            options = each.all("option")
            chosen = [one for one in options if "selected" in one.attributes] or options[:1]
            values[name] = chosen[0].attributes.get("value", chosen[0].text) if chosen else ""
        elif each.tag == "button":
            if button in each.text:
                values[name] = value
        elif each.attributes.get("type") == "checkbox":
            if "checked" in each.attributes:
                values.setdefault(name, []).append(value or "on")
        elif each.attributes.get("type") == "radio":
            if "checked" in each.attributes:
                values[name] = value
        else:
            values[name] = value
    return values
