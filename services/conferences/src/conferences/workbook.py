"""The usage report as an Excel workbook (S29). Text is written as text: a guest called «=1+1» computes nothing."""

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import xlsxwriter

from conferences.rules.periods import ATHENS

SECONDS_PER_DAY = 86_400
WORDS: Mapping[str, Mapping[str, str]] = {
    "el": {
        "sheet": "Αναφορά χρήσης", "number": "ID Τηλεδιάσκεψης", "title": "Τίτλος", "description": "Περιγραφή",
        "coordinator": "Συντονιστής", "starts_at": "Έναρξη", "ends_at": "Λήξη",
        "ended_at": "Τερματίστηκε πριν την ώρα λήξης",
        "desktop_mobile": "Συμμετέχοντες: Desktop-Mobile", "phone_or_room": "Συμμετέχοντες: H.323/τηλέφωνο",
        "name": "Ονοματεπώνυμο", "email": "Email", "state": "Κατάσταση", "duration": "Διάρκεια",
        "connected": "Συνδέθηκε", "not_connected": "Δεν συνδέθηκε", "guest": "Guest",
        "kind": "Λογαριασμός", "account": "Χρήστης",
        "notice": "Οι διευθύνσεις IP των συμμετεχόντων δεν τηρούνται από την υπηρεσία.",
    },
    "en": {
        "sheet": "Usage report", "number": "Conference ID", "title": "Title", "description": "Description",
        "coordinator": "Coordinator", "starts_at": "Start", "ends_at": "End", "ended_at": "Ended before its time",
        "desktop_mobile": "Participants: Desktop-Mobile", "phone_or_room": "Participants: H.323/telephone",
        "name": "Name", "email": "E-mail", "state": "State", "duration": "Duration",
        "connected": "Connected", "not_connected": "Did not connect", "guest": "Guest",
        "kind": "Account", "account": "User",
        "notice": "The service does not keep participants' IP addresses.",
    },
}  # fmt: skip


def write(report: Mapping[str, Any], language: str) -> bytes:
    words, content = WORDS[language], io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet(words["sheet"])
        bold, span = book.add_format({"bold": True}), book.add_format({"num_format": "[hh]:mm:ss"})
        sheet.set_column(0, 1, 40)
        sheet.set_column(2, 4, 18)
        row = 0
        for label, value in _facts(report, words):
            sheet.write_string(row, 0, label, bold)
            sheet.write_string(row, 1, value)
            row += 1
        row += 1
        for column, key in enumerate(("name", "email", "kind", "state", "duration")):
            sheet.write_string(row, column, words[key], bold)
        for person in report["participants"]:
            row += 1
            sheet.write_string(row, 0, person["name"])
            sheet.write_string(row, 1, person["email"])
            sheet.write_string(row, 2, words["guest" if person["guest"] else "account"])
            sheet.write_string(row, 3, words[person["state"]])
            sheet.write_number(row, 4, person["duration_seconds"] / SECONDS_PER_DAY, span)
        sheet.write_string(row + 2, 0, words["notice"])
    return content.getvalue()


def _facts(report: Mapping[str, Any], words: Mapping[str, str]) -> Sequence[tuple[str, str]]:
    facts = [
        (words["number"], str(report["number"])),
        (words["title"], report["title"]),
        (words["description"], report["description"]),
        (words["coordinator"], report["coordinator"]["name"]),
        (words["starts_at"], _local(report["starts_at"])),
        (words["ends_at"], _local(report["ends_at"])),
        (words["desktop_mobile"], str(report["devices"]["desktop_mobile"])),
        (words["phone_or_room"], str(report["devices"]["phone_or_room"])),
    ]
    return [*facts, (words["ended_at"], _local(report["ended_at"]))] if report["ended_early"] else facts


def _local(moment: datetime) -> str:
    return moment.astimezone(ATHENS).strftime("%d-%m-%Y %H:%M")
