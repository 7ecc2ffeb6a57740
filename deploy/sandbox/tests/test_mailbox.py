import smtplib
from datetime import timedelta
from email.message import EmailMessage

import pytest

INVITATION = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nSUMMARY:Συνεδρίαση\r\nEND:VCALENDAR\r\n"


def send(sandbox, to="maria@ministry.example", subject="Πρόσκληση", calendar=False):
    message = EmailMessage()
    message["From"] = "e:Presence <no-reply@epresence.example>"
    message["To"] = f"Μαρία <{to}>"
    message["Subject"] = subject
    message["Message-ID"] = "<fact.person@epresence.example>"
    message.set_content("Γεια σας, http://127.0.0.1:8080/join/abc\n")
    message.add_alternative("<p>Γεια σας</p>", subtype="html")
    if calendar:
        message.add_alternative(INVITATION, subtype="calendar", params={"method": "REQUEST"})
        message.add_attachment(b"\x00\x01", maintype="application", subtype="octet-stream", filename="x.bin")
    with smtplib.SMTP("127.0.0.1", sandbox.world.settings.sandbox_smtp_port, timeout=5) as client:
        client.send_message(message, to_addrs=[to])


def items(sandbox, **params):
    return sandbox.get("/mail/messages", params=params).json()["items"]


def test_message_is_taken_apart(sandbox):
    send(sandbox, calendar=True)

    [message] = items(sandbox)

    assert message["to"] == "maria@ministry.example"
    assert message["from"] == "no-reply@epresence.example"
    assert message["subject"] == "Πρόσκληση"
    assert message["message_id"] == "<fact.person@epresence.example>"
    assert message["text"].startswith("Γεια σας")
    assert message["html"].strip() == "<p>Γεια σας</p>"
    entry, other = message["attachments"]
    assert entry["content_type"] == "text/calendar"
    assert "SUMMARY:Συνεδρίαση" in entry["content"]
    assert other == {"filename": "x.bin", "content_type": "application/octet-stream", "content": "AAE="}


def test_newest_is_last_and_after_means_newer(sandbox):
    for subject in ("first", "second", "third"):
        send(sandbox, subject=subject)

    first, second, third = items(sandbox)

    assert [message["subject"] for message in (first, second, third)] == ["first", "second", "third"]
    assert items(sandbox, after=first["id"]) == [second, third]
    assert items(sandbox, after=third["received_at"]) == []


def test_list_of_one_address(sandbox):
    send(sandbox, to="a@x.example")
    send(sandbox, to="b@x.example")

    assert [message["to"] for message in items(sandbox, to="B@x.example")] == ["b@x.example"]


def test_ids_rise_over_forgetting(sandbox):
    send(sandbox)
    [before] = items(sandbox)

    assert sandbox.delete("/mail/messages").status_code == 204
    assert items(sandbox) == []
    send(sandbox)
    assert items(sandbox, after=before["id"])


@pytest.mark.parametrize(("mode", "code"), [("error", 451), ("rate_limited", 450), ("rejected", 554)])
def test_refused_message_is_not_kept(sandbox, mode, code):
    sandbox.put("/faults/mail", json={"mode": mode, "count": 1})

    with pytest.raises(smtplib.SMTPDataError) as refused:
        send(sandbox)

    assert refused.value.smtp_code == code
    assert items(sandbox) == []
    send(sandbox)
    assert len(items(sandbox)) == 1


def test_lost_answer_keeps_the_message_and_drops_the_line(sandbox):
    sandbox.put("/faults/mail", json={"mode": "lost_answer", "count": 1})

    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(sandbox)

    assert len(items(sandbox)) == 1


def test_pages_show_message_without_script(sandbox):
    send(sandbox, calendar=True)
    [message] = items(sandbox)

    assert "Πρόσκληση" in sandbox.get("/mail").text
    page = sandbox.get(f"/mail/{message['id']}").text
    assert '<a href="http://127.0.0.1:8080/join/abc"' in page
    assert "<script" not in page


def test_received_at_is_told_with_offset(sandbox):
    send(sandbox)

    [letter] = sandbox.world.mailbox.letters()

    assert letter.received_at.utcoffset() == timedelta(0)
