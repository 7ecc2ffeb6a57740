from urllib.parse import parse_qs, urlsplit

import pytest
from defusedxml import ElementTree

BASE = "/taxisnet/oauth2server"
CALLBACK = "http://127.0.0.1:8080/auth/callback"
ASKED = {
    "response_type": "code",
    "client_id": "suite",
    "redirect_uri": CALLBACK,
    "scope": "read",
    "state": "s-1",
}
EXCHANGE = {
    "grant_type": "authorization_code",
    "redirect_uri": CALLBACK,
    "client_id": "suite",
    "client_secret": "suite-secret",
}


def authorize(sandbox, base=BASE, **changes):
    return sandbox.get(f"{base}/oauth/authorize", params=ASKED | changes)


def answer(response):
    assert response.status_code == 302
    return {key: value[0] for key, value in parse_qs(urlsplit(response.headers["Location"]).query).items()}


def code_of(sandbox, persona="user-1", **changes):
    return answer(authorize(sandbox, persona=persona, **changes))["code"]


def exchange(sandbox, code, base=BASE, **changes):
    return sandbox.post(f"{base}/oauth/token", data=EXCHANGE | {"code": code} | changes)


def userinfo(sandbox, persona):
    token = exchange(sandbox, code_of(sandbox, persona)).json()["access_token"]
    return sandbox.get(f"{BASE}/userinfo?format=xml", headers={"Authorization": f"Bearer {token}"})


def attributes(response):
    return ElementTree.fromstring(response.content).find("userinfo").attrib


def test_naming_a_persona_skips_the_picker_and_hands_the_state_back(sandbox):
    sent_back = answer(authorize(sandbox, persona="user-1"))

    assert sent_back["state"] == "s-1"
    assert len(sent_back["code"]) == 6


def test_picker_names_everybody_and_keeps_what_was_asked(sandbox):
    page = authorize(sandbox).text

    assert page.count('type="radio"') == len(sandbox.world.people.all())
    assert 'name="state" value="s-1"' in page
    assert "<script" not in page


def test_refused_consent_comes_back_as_an_error(sandbox):
    sent_back = answer(authorize(sandbox, decision="deny"))

    assert sent_back == {"error": "access_denied", "error_description": "User denied access", "state": "s-1"}


@pytest.mark.parametrize(
    "changes",
    [
        {"redirect_uri": CALLBACK + "/"},
        {"redirect_uri": CALLBACK + "?x=1"},
        {"client_id": "other"},
        {"persona": "nobody"},
    ],
)
def test_nobody_is_sent_to_an_unregistered_address(sandbox, changes):
    response = authorize(sandbox, **({"persona": "user-1"} | changes))

    assert response.status_code in (400, 401)
    assert "Location" not in response.headers


def test_a_code_works_once(sandbox):
    code = code_of(sandbox)

    assert exchange(sandbox, code).json()["token_type"] == "bearer"
    again = exchange(sandbox, code)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"redirect_uri": "http://127.0.0.1:8080/"}, 400, "invalid_grant"),
        ({"grant_type": "client_credentials"}, 400, "unsupported_grant_type"),
        ({"code": "abcdef"}, 400, "invalid_grant"),
    ],
)
def test_token_refusals_are_json(sandbox, changes, status, error):
    response = exchange(sandbox, **({"code": code_of(sandbox)} | changes))

    assert (response.status_code, response.json()["error"]) == (status, error)


def test_client_credentials_count_in_the_body_only(sandbox):
    body = {key: value for key, value in EXCHANGE.items() if not key.startswith("client_")}

    response = sandbox.post(
        f"{BASE}/oauth/token", data=body | {"code": code_of(sandbox)}, auth=("suite", "suite-secret")
    )

    assert response.status_code == 401


def test_a_code_of_one_context_is_unknown_to_the_other(sandbox):
    response = exchange(sandbox, code_of(sandbox), base="/taxisnet/oauth2servergov")

    assert response.json()["error"] == "invalid_grant"


def test_userinfo_is_attributes_padded_with_blanks(sandbox):
    found = attributes(userinfo(sandbox, "user-leading-zero"))

    assert set(found) == {"userid", "taxid", "lastname", "firstname", "fathername", "mothername", "birthyear"}
    assert found["taxid"] == "026789125".ljust(12)
    assert found["lastname"] == "ΖΑΧΑΡΙΟΥ"


def test_names_mix_entities_and_letters(sandbox):
    body = userinfo(sandbox, "user-1").text

    assert "&#" in body
    assert "Α" in body


def test_padded_and_encoded_persona_reads_the_same_after_parsing(sandbox):
    response = userinfo(sandbox, "user-padded")

    assert "Μ" not in response.text
    assert attributes(response)["lastname"].strip() == "Ο'ΝΗΛ & ΥΙΟΥ"
    assert attributes(response)["firstname"] == "ΜΑΡΙΑ ΕΛΕΝΗ".ljust(40)


def test_legal_entity_has_the_word_null_for_a_name(sandbox):
    assert attributes(userinfo(sandbox, "legal-entity"))["firstname"] == "null"


def test_errors_are_json_though_xml_was_asked(sandbox):
    response = sandbox.get(f"{BASE}/userinfo?format=xml", headers={"Authorization": "Bearer unknown"})

    assert (response.status_code, response.json()["error"]) == (401, "invalid_token")


def test_living_session_signs_the_same_person_in_silently_until_logout(sandbox):
    authorize(sandbox, persona="user-2")

    assert "code" in answer(authorize(sandbox))
    assert sandbox.get("/taxisnet/sessions").json()["total"] == 1

    sandbox.get(f"{BASE}/logout/suite/", params={"url": "http://127.0.0.1:8080/"})
    assert sandbox.get("/taxisnet/sessions").json()["total"] == 0
    assert authorize(sandbox).status_code == 200


@pytest.mark.parametrize(
    ("url", "goes_to"),
    [
        ("http://127.0.0.1:8080/refused?why=x", "http://127.0.0.1:8080/refused"),
        ("https://evil.example/", CALLBACK),
        ("http://127.0.0.1:8080.evil.example/", CALLBACK),
    ],
)
def test_logout_goes_back_only_to_the_application_and_drops_the_query(sandbox, url, goes_to):
    response = sandbox.get(f"{BASE}/logout/suite/", params={"url": url})

    assert (response.status_code, response.headers["Location"]) == (307, goes_to)


def test_codes_and_tokens_expire_on_the_sandbox_clock(sandbox):
    code = code_of(sandbox)
    sandbox.put("/clock", json={"offset_seconds": 301})

    assert exchange(sandbox, code).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("fault", "status", "begins"),
    [
        ({"mode": "error"}, 500, "<html>"),
        ({"mode": "malformed"}, 200, "{"),
        ({"mode": "json_error"}, 401, "{"),
        ({"mode": "truncated"}, 200, "<root>"),
    ],
)
def test_userinfo_faults(sandbox, fault, status, begins):
    sandbox.put("/faults/taxisnet", json=fault | {"operation": "userinfo"})

    response = userinfo(sandbox, "user-1")

    assert response.status_code == status
    assert response.text.startswith(begins)
