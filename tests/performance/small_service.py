"""A service as small as Flask allows, with as much of identity as a session needs."""

from uuid import uuid4

from flask import Flask, Response, jsonify

app = Flask(__name__)
ITEMS = [{"id": str(uuid4()), "name": f"Υπουργείο {number}", "registry_code": str(number)} for number in range(5)]


@app.get("/api/v1/institutions")
def institutions() -> Response:
    return jsonify({"items": ITEMS, "next": None})


@app.post("/internal/token-exchange")
def exchange() -> Response:
    ids = {"session_id": str(uuid4()), "person_id": str(uuid4())}
    return jsonify({"token": "phantom", "expires_in": 300, "state": "active", **ids})
