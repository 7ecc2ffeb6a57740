"""Which template of the contract a path belongs to. A tree, so that a hundred operations cost no more than ten."""

from typing import Generic, TypeVar
from urllib.parse import quote_from_bytes, unquote

from starlette.types import Scope

T = TypeVar("T")
PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))


class Node(Generic[T]):
    __slots__ = ("children", "methods", "variable")

    def __init__(self) -> None:
        self.children: dict[str, Node[T]] = {}
        self.variable: Node[T] | None = None
        self.methods: dict[str, T] = {}


class Routes(Generic[T]):
    def __init__(self) -> None:
        self._root: Node[T] = Node()

    def add(self, template: str, method: str, target: T) -> None:
        node = self._root
        for part in template.split("/"):
            if part.startswith("{") and part.endswith("}"):
                node.variable = node.variable or Node()
                node = node.variable
            elif "{" in part:
                raise ValueError(f"{template}: a parameter fills a whole segment")
            else:
                node = node.children.setdefault(part, Node())
        node.methods[method] = target

    def find(self, segments: list[str]) -> tuple[dict[str, T], list[str]] | None:
        """What each method asks for at this path, and the values of the template's parameters in their order."""
        return self._find(self._root, segments, 0, [])

    def _find(
        self, node: Node[T], segments: list[str], at: int, values: list[str]
    ) -> tuple[dict[str, T], list[str]] | None:
        if at == len(segments):
            return (node.methods, values) if node.methods else None
        segment = segments[at]
        child = node.children.get(segment)
        if child is not None:
            found = self._find(child, segments, at + 1, values)
            if found is not None:
                return found
        if node.variable is None or not segment:
            return None
        return self._find(node.variable, segments, at + 1, [*values, segment])


def segments_of(raw_path: bytes) -> list[str] | None:
    """The decoded segments, or None for a path that the next reader could take for another one."""
    try:
        text = raw_path.decode("ascii")
        parts = text.split("/")
        if "%" in text:
            parts = [unquote(part, errors="strict") for part in parts]
    except UnicodeDecodeError:
        return None
    if parts[0]:  # a proxy's absolute form, or *
        return None
    for part in parts:
        if part in (".", "..") or "/" in part or "\\" in part or not part.isprintable():
            return None
    return parts


def target_of(scope: Scope) -> str:
    """Path and query string as they came; bytes that no address may hold are encoded on the way."""
    path: bytes = scope["raw_path"]
    query: bytes = scope["query_string"]
    target = path + b"?" + query if query else path
    return target.decode() if target.isascii() else quote_from_bytes(target, safe=PRINTABLE)
