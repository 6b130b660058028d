"""JSON logs without personal data (REL-53): ids, routes, states. No bodies, query strings, paths or error texts."""

import json
import logging
import traceback
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

request_id: ContextVar[str] = ContextVar("request_id", default="")

STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {
    "message",
    "asctime",
    "taskName",
    "request",
    "server_time",
    "color_message",
}


def describe_exception(error: BaseException) -> dict[str, Any]:
    """Class, database error code and places in the code, but never the message: it may quote a person's data."""
    frames = [
        f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)
    ]
    described: dict[str, Any] = {"type": type(error).__name__, "at": frames[-12:]}
    cause = error.__cause__
    if cause is not None:
        described["cause"] = type(cause).__name__
        for name in ("pgcode", "sqlstate"):
            if isinstance(getattr(cause, name, None), str):
                described["sqlstate"] = getattr(cause, name)
        constraint = getattr(getattr(cause, "diag", None), "constraint_name", None)
        if constraint:
            described["constraint"] = constraint
    return described


class JsonFormatter(logging.Formatter):
    """One JSON object a line; newlines in values are escaped by JSON itself."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON text."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "event": self._event(record),
        }
        if identifier := request_id.get():
            line["request_id"] = identifier
        for name, value in vars(record).items():
            if name not in STANDARD and isinstance(value, str | int | float | bool | None):
                line[name] = value
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = describe_exception(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)

    @staticmethod
    def _event(record: logging.LogRecord) -> str:
        """The message without what others put into theirs: errors quote the values they stumbled over, as ``describe_exception``
        says, and so do host and path of a refused request, and what a task was given and gave back."""
        arguments = record.args
        if record.name.startswith("django.security"):
            return record.name.rpartition(".")[2]
        if record.name == "celery.app.trace" and isinstance(arguments, Mapping):
            name, number, end = (arguments.get(key, "") for key in ("name", "id", "description"))
            return f"Task {name}[{number}] {end}"
        if record.name == "asyncio":  # its further lines print the task that failed, with the error
            return record.getMessage().partition("\n")[0]
        if isinstance(arguments, tuple) and any(isinstance(one, BaseException) for one in arguments):
            return str(record.msg) % tuple(
                type(one).__name__ if isinstance(one, BaseException) else one for one in arguments
            )
        return record.getMessage()
