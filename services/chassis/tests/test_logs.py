"""Log lines can be followed and hold no values."""

import io
import json
import logging

from chassis import logs


def lines(settings, work) -> list[dict]:
    logs.configure(settings, "test")
    stream = io.StringIO()
    logging.getLogger().handlers[0].setStream(stream)
    work()
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_line_names_service_process_and_correlation(settings):
    def work() -> None:
        with logs.correlated("test-correlation"):
            logs.get_logger("x").info("done", count=2)

    (line,) = lines(settings, work)

    assert line["event"] == "done"
    assert (line["service"], line["process"], line["correlation_id"]) == ("sample", "test", "test-correlation")


def test_trace_says_where_but_not_what(settings):
    def work() -> None:
        try:
            try:
                raise ValueError("secret@example.gr")
            except ValueError as error:
                raise RuntimeError("tax 123456789") from error
        except RuntimeError as error:
            logs.get_logger("x").error("failed", exc_info=error)
            logging.getLogger("library").exception("failed too")

    shown = lines(settings, work)

    for line in shown:
        assert [step["error"] for step in line["trace"]] == ["RuntimeError", "ValueError"]
        assert "secret" not in json.dumps(line)
        assert "123456789" not in json.dumps(line)


def test_ill_formed_correlation_id_is_replaced():
    for value in (None, "", "short", "x" * 65, "no spaces please", "νόμισμα12345"):
        with logs.correlated(value) as accepted:
            assert accepted != value
            assert logs.correlation_id() == accepted
