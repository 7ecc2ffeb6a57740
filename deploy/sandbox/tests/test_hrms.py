import pytest

AUTH = ("suite", "hrms-secret")


@pytest.fixture
def answer_for(sandbox):
    def ask(persona):
        return sandbox.get(f"/hrms/employees/{sandbox.world.people.get(persona).taxid}", auth=AUTH)

    return ask


def test_primary_post_is_marked_and_not_the_first(answer_for):
    infos = answer_for("user-two-bodies").json()["data"]["employmentInfos"]

    assert [(info["organicOrganizationId"], info["primary"]) for info in infos] == [(5012, False), (1310, True)]


def test_body_with_a_leading_zero_is_text(answer_for):
    assert answer_for("user-5").json()["data"]["employmentInfos"][0]["organicOrganizationId"] == "0731"


@pytest.mark.parametrize("persona", ["not-employed", "legal-entity"])
def test_who_is_not_employed_is_an_error_code_with_status_200(answer_for, persona):
    response = answer_for(persona)

    assert (response.status_code, response.json()["errorCode"]) == (200, "EMPLOYEE_NOT_FOUND")


def test_unavailable_is_no_json(answer_for):
    response = answer_for("hrms-unavailable")

    assert response.status_code == 503
    assert response.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("auth", [None, ("suite", "wrong"), ("other", "hrms-secret")])
def test_password_is_asked_for(sandbox, auth):
    assert sandbox.get("/hrms/employees/102345676", auth=auth).status_code == 401


def test_script_changes_what_the_register_says_until_reset(sandbox, answer_for):
    sandbox.put("/personas/user-1/employment", json={"employment": "none"})
    assert "errorCode" in answer_for("user-1").json()

    sandbox.post("/reset")
    assert "data" in answer_for("user-1").json()


def test_malformed_fault_breaks_off_in_the_middle(sandbox, answer_for):
    sandbox.put("/faults/hrms", json={"mode": "malformed", "count": 1})

    with pytest.raises(ValueError, match=r"."):
        answer_for("user-1").json()
    assert "data" in answer_for("user-1").json()
