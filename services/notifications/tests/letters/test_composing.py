import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from notifications.letters.composing import Outgoing, message_id, write
from notifications.rules.messages import Template
from notifications.settings import Settings

from .. import facts

NASTY = 'Συνεδρίαση <b>&"14"</b>; α,β\\\r\nBcc: victim@example.org\r\n\r\nBEGIN:VALARM'
SETTINGS = Settings(
    database_url="postgresql+psycopg://unused",
    smtp_url="smtp://unused",
    mail_from="e:Presence <no-reply@epresence.example>",
    mail_reply_to="Υποστήριξη <support@epresence.example>",
    public_url="https://epresence.example",
    sealing_private_key='{"d": "unused"}',
)
OPENED = {"email": "n@example.org", "name": "ΝΙΚΟΣ", "surname": "ΝΙΚΟΛΑΟΥ", "token": "tok", "ticket": "tick"}
OPENED |= {"claimed": "wanted@example.org"}
OPENED |= {
    "applicant": "ΝΙΚΟΛΑΟΥ ΝΙΚΟΣ",
    "invited": "ΝΙΚΟΛΑΪΔΟΥ ΕΛΕΝΗ",
    "unit_name": "Διεύθυνση Πληροφορικής",
    "comment": "Υπάρχει <ήδη>.",
}
OPENED |= {"inviter_name": "ΠΑΠΑΔΟΠΟΥΛΟΥ ΜΑΡΙΑ", "institution_name": "Υπουργείο Ψηφιακής Διακυβέρνησης"}
OPENED |= {"other_name": "ΓΕΩΡΓΙΟΥ ΔΗΜΗΤΡΙΟΣ"}
SAID_BY = {
    Template.email_proof: facts.PROOF,
    Template.extra_email_proof: facts.PROOF,
    Template.email_claim_lost: facts.CLAIM_LOST,
    Template.primary_email_changed: facts.PRIMARY_CHANGED,
    Template.platform_invitation: facts.INVITATION,
    Template.sign_in_closed: facts.SIGN_IN_CLOSED,
    Template.account_disabled: facts.DISABLED,
    Template.account_enabled: facts.ENABLED,
    Template.two_factor_changed: facts.TWO_FACTOR,
    Template.employment_flagged: facts.FLAGGED,
    Template.employment_lapsed: facts.LAPSED,
    Template.inactivity_warned: facts.INACTIVE,
    Template.collaboration_requested: facts.COLLABORATION,
    Template.collaboration_accepted: facts.COLLABORATION,
    Template.collaboration_rejected: facts.COLLABORATION,
    Template.collaboration_ended: facts.COLLABORATION,
    Template.account_erased: facts.ERASED,
    Template.role_request_opened: facts.ROLE_ASKED,
    Template.role_request_accepted: facts.ROLE_ACCEPTED,
    Template.role_request_rejected: facts.ROLE_REJECTED,
    Template.institution_uncoordinated: facts.UNCOORDINATED,
    Template.role_taken: facts.DEMOTED,
    Template.coordinator_surname_differs: facts.SURNAME_DIFFERS,
    Template.coordinator_invitation_needless: facts.DECLINED,
    Template.conference_invitation: facts.INVITED,
    Template.conference_cancelled: facts.UNINVITED,
    Template.conference_removed: facts.UNINVITED,
    Template.conference_handed_over: facts.HANDED_OVER,
    Template.conference_received: facts.HANDED_OVER,
    Template.coordinator_left: facts.LEFT,
}
WRITTEN = {  # by no fact, but by somebody to all coordinators of an institution
    "heading": "Νέες οδηγίες",
    "body": "Από Δευτέρα.",
    "sender_name": "ΠΑΠΑΔΟΠΟΥΛΟΥ ΜΑΡΙΑ",
    "sender_institution": "Υπουργείο Ψηφιακής Διακυβέρνησης",
}


def compose(template: Template, data: dict[str, Any] | None = None, **opened: Any) -> EmailMessage:
    """Through bytes and back: what a mailbox sees."""
    raw = written(template, data, **opened).as_bytes()
    assert max(map(len, raw.split(b"\r\n"))) <= 998  # RFC 5322
    return message_from_bytes(raw, policy=default)  # type: ignore[return-value]


def written(template: Template, data: dict[str, Any] | None = None, **opened: Any) -> EmailMessage:
    outgoing = Outgoing(
        id=uuid4(),
        template=template,
        data=data or (facts.example(SAID_BY[template]) if template in SAID_BY else WRITTEN),
        message_id="<1@epresence.example>",
        correlation_id="the-correlation-id",
        occurred_at=datetime(2026, 11, 20, 7, 0, tzinfo=UTC),
        attempts=1,
        address=None,
    )
    moment = datetime(2026, 11, 20, 7, 5, tzinfo=UTC)
    return write(outgoing, {**OPENED, **opened}, recipient="n@example.org", settings=SETTINGS, now=moment)


def body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def entry_of(mail: EmailMessage) -> tuple[str, Any, str]:
    (part,) = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    calendar: Any = Calendar.from_ical(part.get_content())
    (event,) = calendar.walk("VEVENT")
    return str(part.get_param("method")), event, str(calendar["METHOD"])


@pytest.mark.parametrize("template", Template)
def test_every_mail_is_greek_then_english_as_text_and_html(template: Template) -> None:
    mail = compose(template)

    for text in (body(mail, "plain"), body(mail, "html")):
        assert text.index("Αυτό το μήνυμα στάλθηκε αυτόματα") < text.index("This message was sent automatically")
        assert "{{" not in text
        assert "None" not in text
    assert mail["From"].addresses[0].display_name == "e:Presence"
    assert mail["From"].addresses[0].addr_spec == "no-reply@epresence.example"
    assert mail["Reply-To"].addresses[0].display_name == "Υποστήριξη"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Correlation-ID"] == "the-correlation-id"
    assert mail["Content-Language"] == "el, en"
    assert "zoom" not in mail.as_string().lower()


@pytest.mark.parametrize(
    ("template", "link"),
    [
        (Template.email_proof, "https://epresence.example/confirm?token=tok"),
        (Template.extra_email_proof, "https://epresence.example/confirm?token=tok"),
        (Template.platform_invitation, "https://epresence.example/invitation?token=tok"),
        (Template.conference_invitation, "https://epresence.example/join/tick"),
        (Template.collaboration_requested, "https://epresence.example/account/collaborators"),
        (Template.coordinator_left, "https://epresence.example/conferences#left"),
    ],
)
def test_the_link_leads_to_our_page_in_every_part(template: Template, link: str) -> None:
    mail = compose(template)

    assert body(mail, "plain").count(link) == 2
    assert body(mail, "html").count(f'href="{link}"') == 4


@pytest.mark.parametrize("template", Template)
def test_whose_name_we_do_not_know_is_greeted_without(template: Template) -> None:
    mail = compose(template, name=None, surname="")

    assert "Χαίρετε,\r\n\r\n" in body(mail, "plain")
    assert "<p>Hello,</p>" in body(mail, "html")
    assert [address.display_name for address in mail["To"].addresses] == [""]


def test_a_subject_is_greek_and_survives_the_way() -> None:
    assert compose(Template.conference_invitation)["Subject"] == (
        "Πρόσκληση σε τηλεδιάσκεψη: Συνεδρίαση 14 | Invitation to a conference"
    )


WORDS = ["Συνεδρίαση", "14", "(Δ.Σ.)", "της", '"follow-up"', "e:Presence", "—", "=?x?="]
NAMES = ["ΚΩΝΣΤΑΝΤΙΝΟΣ-ΑΛΕΞΑΝΔΡΟΣ", "ΜΑΡΙΑ", "Smith"]


@given(words=st.lists(st.sampled_from(WORDS), min_size=1, max_size=60))
def test_a_long_title_keeps_its_blanks_on_the_way(words: list[str]) -> None:
    data = facts.example(facts.INVITED)
    data["conference"]["title"] = " ".join(words)

    meant = written(Template.conference_invitation, data)["Subject"]

    assert meant.startswith("Πρόσκληση σε τηλεδιάσκεψη: " + " ".join(words[:8]))
    assert compose(Template.conference_invitation, data)["Subject"] == meant


@given(names=st.lists(st.sampled_from(NAMES), min_size=1, max_size=8))
def test_so_does_the_name_of_whom_it_goes_to(names: list[str]) -> None:
    mail = compose(Template.email_proof, surname=" ".join(names), name="ΝΙΚΟΣ")

    as_sent = dict(mail.raw_items())["To"]  # policy `default` joins encoded words of a name by blanks; others do not
    assert str(make_header(decode_header(as_sent))) == f"{' '.join(names)} ΝΙΚΟΣ <n@example.org>"
    assert [address.addr_spec for address in mail["To"].addresses] == ["n@example.org"]


def test_an_invitation_says_who_invites_from_which_body_and_when() -> None:
    mail = compose(Template.conference_invitation)

    for text in (body(mail, "plain"), body(mail, "html")):
        assert "ΠΑΠΑΔΟΠΟΥΛΟΥ ΜΑΡΙΑ" in text
        assert "Υπουργείο Ψηφιακής Διακυβέρνησης" in text
        assert "Τετάρτη 25 Νοεμβρίου 2026, 10:00–11:30" in text
        assert "277123" in text


def test_an_invitation_to_the_platform_by_nobody_in_particular_and_with_a_role() -> None:
    offer = {"role": "platform_administrator", "institution_id": None, "unit_id": None}
    data = {**facts.example(facts.INVITATION), "offer": offer}

    mail = compose(Template.platform_invitation, data, inviter_name=None, institution_name=None)

    assert "Σας προσκαλούμε στο e:Presence" in body(mail, "plain")
    assert "Διαχειριστής της πλατφόρμας" in body(mail, "html")


def test_a_lost_claim_names_the_address_and_a_changed_primary_one_says_when_and_where_to_look() -> None:
    lost, changed = compose(Template.email_claim_lost), compose(Template.primary_email_changed)

    for kind in ("plain", "html"):
        assert body(lost, kind).count("wanted@example.org") == 2
        assert "25 Νοεμβρίου 2026, 10:00" in body(changed, kind)
        assert "https://epresence.example/account/emails" in body(changed, kind)


@pytest.mark.parametrize(
    ("because", "said"),
    [
        ("ended_by_owner", ["να επεξεργάζεστε τις τηλεδιασκέψεις του/της", "You can no longer edit their"]),
        ("ended_by_collaborator", ["να επεξεργάζεται τις τηλεδιασκέψεις σας", "They can no longer edit your"]),
    ],
)
def test_whose_collaboration_ended_reads_who_ended_it_and_what_that_means(because: str, said: list[str]) -> None:
    mail = compose(Template.collaboration_ended, facts.collaboration(because))

    for kind in ("plain", "html"):
        assert all(words in body(mail, kind) for words in ("ΓΕΩΡΓΙΟΥ ΔΗΜΗΤΡΙΟΣ", *said))
    assert "\r\n\r\nYou find your" in body(mail, "plain")


def test_a_flagged_coordinator_reads_what_to_do_until_when() -> None:
    mail = compose(Template.employment_flagged)

    for text in (body(mail, "plain"), body(mail, "html")):
        assert "έως Παρασκευή 25 Δεκεμβρίου 2026, 03:30 (ώρα Ελλάδας, UTC+2)" in text
        assert "until Friday 25 December 2026, 03:30 (Greek time, UTC+2)" in text
        assert "απευθυνθείτε στη διεύθυνση προσωπικού του φορέα σας" in text
        assert "ask the personnel department" in text


def test_whose_account_is_not_used_reads_when_it_goes_and_how_to_keep_it() -> None:
    mail = compose(Template.inactivity_warned)

    for text in (body(mail, "plain"), body(mail, "html")):
        assert "θα διαγραφεί Παρασκευή 25 Δεκεμβρίου 2026" in text
        assert "https://epresence.example/auth/login" in text


@pytest.mark.parametrize(
    ("template", "part", "subject", "said"),
    [
        (
            Template.conference_handed_over,
            0,
            "Παράδοση τηλεδιάσκεψης: Συνεδρίαση 14 | Conference handed over",
            ("Συντονιστής της παρακάτω τηλεδιάσκεψης είναι πλέον:", "coordinator of the following conference is now:"),
        ),
        (
            Template.conference_received,
            1,
            "Αναλάβατε 2 τηλεδιασκέψεις | You are now the coordinator of 2 conferences",
            ("Προηγούμενος Συντονιστής: ΓΕΩΡΓΙΟΥ ΔΗΜΗΤΡΙΟΣ.", "Previous coordinator: ΓΕΩΡΓΙΟΥ ΔΗΜΗΤΡΙΟΣ."),
        ),
    ],
)
def test_handing_over_is_told_with_the_other_name_and_the_conferences(
    template: Template, part: int, subject: str, said: tuple[str, str]
) -> None:
    data = facts.examples(facts.HANDED_OVER)[part]

    mail = compose(template, data)

    assert mail["Subject"] == subject
    for text in (body(mail, "plain"), body(mail, "html")):
        assert all(words in text for words in said)
        assert "ΓΕΩΡΓΙΟΥ ΔΗΜΗΤΡΙΟΣ" in text
        assert "Τετάρτη 25 Νοεμβρίου 2026, 10:00–11:30" in text
        for conference in data["conferences"]:
            assert text.count(f"https://epresence.example/conferences/{conference['id']}") == 2
            assert str(conference["number"]) in text


def test_what_was_several_peoples_names_no_previous_coordinator() -> None:
    mail = compose(Template.conference_received, facts.examples(facts.HANDED_OVER)[1], other_name=None)

    assert "Προηγούμενος" not in body(mail, "plain")
    assert "Previous" not in body(mail, "html")


def test_what_a_coordinator_left_is_told_by_number_and_first_start() -> None:
    mail = compose(Template.coordinator_left)

    assert mail["Subject"] == "Τηλεδιασκέψεις χωρίς Συντονιστή | Conferences without a coordinator"
    for text in (without_tags(body(mail, "plain")), without_tags(body(mail, "html"))):
        assert "3 προγραμματισμένες τηλεδιασκέψεις του φορέα Υπουργείο Ψηφιακής Διακυβέρνησης έμειναν χωρίς" in text
        assert "3 planned conferences of Υπουργείο Ψηφιακής Διακυβέρνησης have no coordinator any more" in text
        assert "Έναρξη της πρώτης: Τετάρτη 25 Νοεμβρίου 2026, 10:00 (ώρα Ελλάδας, UTC+2)" in text
        assert "Start of the first: Wednesday 25 November 2026, 10:00 (Greek time, UTC+2)" in text
        assert "μέχρι να τις παραδώσετε σε άλλον Συντονιστή, από τη λίστα «Χωρίς συντονιστή»" in text
        assert "You manage them until you hand them over to another coordinator" in text


def test_the_only_conference_a_coordinator_left_is_one_also_of_an_institution_not_heard_of() -> None:
    mail = compose(Template.coordinator_left, facts.examples(facts.LEFT)[1], institution_name=None)

    assert mail["Subject"] == "Τηλεδιάσκεψη χωρίς Συντονιστή | A conference without a coordinator"
    for text in (without_tags(body(mail, "plain")), without_tags(body(mail, "html"))):
        assert "Μία προγραμματισμένη τηλεδιάσκεψη έμεινε χωρίς Συντονιστή: ο Συντονιστής της αποχώρησε" in text
        assert "A planned conference has no coordinator any more: its coordinator has left" in text
        assert "Έναρξη: Τετάρτη 25 Νοεμβρίου 2026, 10:00" in text
        assert "Start: Wednesday 25 November 2026, 10:00" in text


def without_tags(text: str) -> str:
    return re.sub(r"</?(strong|p)>", "", text)


def nasty() -> dict[str, Any]:
    data = facts.example(facts.INVITED)
    data["conference"] |= {"title": NASTY, "description": "<script>alert(1)</script>\n{{ 7 * 7 }}"}
    data["coordinator"] |= {"name": NASTY, "institution_name": "<i>Φορέας</i>"}
    return data


def test_what_people_write_is_escaped_in_html_and_is_no_template() -> None:
    html = body(compose(Template.conference_invitation, nasty(), name="<b>ΝΙΚΟΣ</b>"), "html")

    assert "<script>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<b>" not in html
    assert "<i>" not in html
    assert "{{ 7 * 7 }}" in html


def test_no_line_break_of_a_title_or_name_makes_a_header() -> None:
    mail = compose(Template.conference_invitation, nasty(), name=NASTY)

    assert mail["Bcc"] is None
    assert "\n" not in mail["Subject"]
    assert "Bcc: victim@example.org" in mail["Subject"]
    assert [address.addr_spec for address in mail["To"].addresses] == ["n@example.org"]


def test_the_calendar_entry_of_an_invitation() -> None:
    mail = compose(Template.conference_invitation)

    method, event, said = entry_of(mail)
    assert (method, said) == ("REQUEST", "REQUEST")
    assert event["UID"] == "01930000-0000-7000-8000-0000000000c1@epresence.gr"
    assert (int(event["SEQUENCE"]), event["STATUS"], event["SUMMARY"]) == (0, "CONFIRMED", "Συνεδρίαση 14")
    assert event.decoded("DTSTART") == datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
    assert event.decoded("DTEND") == datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
    assert event.decoded("DTSTAMP") == datetime(2026, 11, 20, 7, 0, tzinfo=UTC)
    assert event["LOCATION"] == event["URL"] == "https://epresence.example/join/tick"
    assert event["ORGANIZER"] == "mailto:no-reply@epresence.example"
    assert event["ORGANIZER"].params["CN"] == "ΠΑΠΑΔΟΠΟΥΛΟΥ ΜΑΡΙΑ"
    assert event["ATTENDEE"] == "mailto:n@example.org"
    assert "https://epresence.example/join/tick" in event["DESCRIPTION"]
    (attachment,) = mail.iter_attachments()
    assert attachment.get_filename() == "invite.ics"
    assert Calendar.from_ical(attachment.get_content()).walk("VEVENT")[0] == event
    assert max(map(len, attachment.get_content().split(b"\r\n"))) <= 75  # RFC 5545, 3.1


@pytest.mark.parametrize("template", [Template.conference_cancelled, Template.conference_removed])
def test_a_cancellation_takes_the_same_entry_out(template: Template) -> None:
    method, event, said = entry_of(compose(template))

    assert (method, said) == ("CANCEL", "CANCEL")
    assert event["UID"] == "01930000-0000-7000-8000-0000000000c1@epresence.gr"
    assert (int(event["SEQUENCE"]), event["STATUS"]) == (1, "CANCELLED")
    assert event["ATTENDEE"] == "mailto:n@example.org"


def test_nothing_people_write_breaks_the_calendar_entry() -> None:
    data = nasty()
    data["conference"]["description"] = "α;β,γ\\n\nEND:VEVENT\nBEGIN:VEVENT" + "ω" * 200

    _, event, _ = entry_of(compose(Template.conference_invitation, data, name=NASTY))

    assert event["SUMMARY"] == 'Συνεδρίαση <b>&"14"</b>; α,β\\ Bcc: victim@example.org BEGIN:VALARM'
    assert data["conference"]["description"] in event["DESCRIPTION"]
    assert '"' not in event["ORGANIZER"].params["CN"]
    assert event.subcomponents == []


def test_the_message_id_is_told_by_fact_and_recipient_alone() -> None:
    fact_id, about = uuid4(), uuid4()

    def made(**changes: Any) -> str:
        what = {"fact_id": fact_id, "template": Template.email_proof, "about": about, "domain": "epresence.example"}
        return message_id(b"key", **{**what, **changes})

    assert made() == made()
    assert made().endswith("@epresence.example>")
    assert len({made(), made(fact_id=uuid4()), made(about=uuid4()), made(template=Template.sign_in_closed)}) == 4


@pytest.mark.parametrize("data", facts.examples(facts.TWO_FACTOR), ids=lambda data: str(data["change"]))
def test_every_change_of_the_second_factor_has_its_words_and_says_when(data: dict[str, Any]) -> None:
    mail = compose(Template.two_factor_changed, data)

    greek, english = str(mail["Subject"]).split(" | ")
    for text in (body(mail, "plain"), body(mail, "html")):
        assert text.index(greek) < text.index(english)
        assert "25 Νοεμβρίου 2026, 10:00" in text
        assert "25 November 2026, 10:00" in text
        assert "https://epresence.example/support" in text
        assert ("Recovery codes left" in text) is (data["change"] == "recovery_code_used")
