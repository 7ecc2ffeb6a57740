import pytest

AUTH = ("zoom-client", "zoom-secret")
ASKED = {"grant_type": "account_credentials", "account_id": "account"}


def test_token_is_opaque_long_and_lasts_an_hour(sandbox):
    answer = sandbox.post("/zoom/oauth/token", data=ASKED, auth=AUTH).json()

    assert len(answer["access_token"]) >= 200
    assert (answer["token_type"], answer["expires_in"]) == ("bearer", 3599)
    assert answer["api_url"] == f"{sandbox.base}/zoom"
    assert "meeting:write:meeting:admin" in answer["scope"].split()


def test_parameters_may_stand_in_the_query(sandbox):
    assert sandbox.post("/zoom/oauth/token", params=ASKED, auth=AUTH).status_code == 200


@pytest.mark.parametrize(
    ("call", "error"),
    [
        ({"data": ASKED, "auth": ("zoom-client", "wrong")}, "invalid_client"),
        ({"data": ASKED}, "invalid_client"),
        ({"json": ASKED, "auth": AUTH}, "unsupported_grant_type"),
        ({"data": ASKED | {"grant_type": "client_credentials"}, "auth": AUTH}, "unsupported_grant_type"),
        ({"data": ASKED | {"account_id": "other"}, "auth": AUTH}, "invalid_request"),
    ],
)
def test_refusals_have_reason_and_error(sandbox, call, error):
    answer = sandbox.post("/zoom/oauth/token", **call)

    assert answer.status_code == 400
    assert answer.json()["error"] == error
    assert set(answer.json()) == {"reason", "error"}


def test_unknown_and_expired_tokens_differ_by_text_only(zoom):
    zoom.put("/clock", json={"offset_seconds": 3600})
    expired = zoom.api("GET", "/users")
    zoom.headers["Authorization"] = "Bearer unknown"
    unknown = zoom.api("GET", "/users")

    assert (expired.status_code, expired.json()) == (401, {"code": 124, "message": "Access token is expired."})
    assert (unknown.status_code, unknown.json()) == (401, {"code": 124, "message": "Invalid access token."})


def test_several_tokens_live_side_by_side(zoom):
    first = zoom.headers["Authorization"]
    zoom.renew()
    zoom.headers["Authorization"] = first

    assert zoom.api("GET", "/users").status_code == 200


def test_revoked_tokens_are_unknown(zoom):
    zoom.delete("/zoom/tokens")

    assert zoom.api("GET", "/users").status_code == 401


def test_missing_scope_is_a_400_that_names_both_scopes(zoom):
    zoom.put("/zoom/switches", json={"scopes": ["user:read:admin"]})

    assert zoom.api("GET", "/users").status_code == 200
    refused = zoom.api("POST", "/users/host01@zoom.example/meetings", {})
    assert (refused.status_code, refused.json()["code"]) == (400, 4711)
    assert "[meeting:write:admin, meeting:write:meeting:admin]" in refused.json()["message"]


def test_deactivated_app_gets_neither_token_nor_answer(zoom):
    zoom.put("/zoom/switches", json={"app_active": False})

    assert zoom.api("GET", "/users").status_code == 401
    assert zoom.post("/zoom/oauth/token", data=ASKED, auth=AUTH).status_code == 400
