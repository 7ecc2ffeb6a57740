"""The operations of a contract, and a request to each that lacks nothing."""

from dataclasses import dataclass
from typing import Any

from chassis import contracts


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    body: dict[str, Any]
    document: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def secured(self) -> bool:
        return bool(self.body.get("security", self.document.get("security", [])))

    @property
    def parameters(self) -> list[dict[str, Any]]:
        shared = self.document["paths"][self.path].get("parameters", [])
        return [resolved(each, self.document) for each in [*shared, *self.body.get("parameters", [])]]

    @property
    def content(self) -> dict[str, Any] | None:
        """The schema of its JSON body."""
        media = self.body.get("requestBody", {}).get("content", {}).get("application/json")
        return resolved(media["schema"], self.document) if media else None

    @property
    def body_required(self) -> bool:
        return bool(self.body.get("requestBody", {}).get("required", False))

    def named(self, status: int) -> list[str]:
        """The problems the contract names for this status; none when it does not know the status."""
        answer = self.body["responses"].get(str(status))
        return list(resolved(answer, self.document).get("x-problems", [])) if answer else []

    def path_with(self, **values: str) -> str:
        path = self.path
        for parameter in self.parameters:
            if parameter["in"] == "path":
                path = path.replace(f"{{{parameter['name']}}}", values.get(parameter["name"], values["otherwise"]))
        return path

    @property
    def query(self) -> dict[str, str]:
        """What it cannot do without."""
        return {
            each["name"]: str(sample(each["schema"], self.document))
            for each in self.parameters
            if each["in"] == "query" and each.get("required")
        }

    @property
    def valid(self) -> Any:
        return sample(self.content, self.document) if self.content else None


def operations_of(contract: str) -> list[Operation]:
    document = contracts.openapi(contract)
    return [
        Operation(method.upper(), path, body, document)
        for path, item in document["paths"].items()
        for method, body in item.items()
        if method != "parameters"
    ]


def resolved(node: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        found: Any = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        node = found
    return node


def sample(schema: dict[str, Any], document: dict[str, Any]) -> Any:
    """The schema's example, or the least that it accepts."""
    schema = resolved(schema, document)
    if "example" in schema:
        return schema["example"]
    if "enum" in schema:
        return schema["enum"][0]
    if schema["type"] == "object":
        needed = schema.get("required") or list(schema.get("properties", {}))[: schema.get("minProperties", 0)]
        return {name: sample(schema["properties"][name], document) for name in needed}
    if schema["type"] == "array":
        return [sample(schema["items"], document)] * schema.get("minItems", 0)
    return {"string": "α" * max(3, schema.get("minLength", 0)), "integer": 1, "boolean": True}[schema["type"]]
