"""Errors of the domain. Services raise them; views and the API turn them into an answer."""

from collections.abc import Mapping


class DomainError(Exception):
    """An act was refused for a reason the user can read.

    ``message`` is one Chinese sentence for the screen, ``code`` a stable machine word,
    ``fields`` maps a field name to its own sentence, ``status`` is the HTTP status.
    """

    status = 409
    default_code = "error"

    def __init__(self, message: str, *, code: str | None = None, **fields: str) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.fields: dict[str, str] = fields

    def __str__(self) -> str:
        return str(self.message)


class InvalidTransition(DomainError):
    """The act is not possible in the present state."""

    default_code = "invalid_transition"


class NotAllowed(DomainError):
    """The user may see the thing but may not do this with it."""

    status = 403
    default_code = "not_allowed"


class NotVisible(DomainError):
    """The thing does not exist for this user."""

    status = 404
    default_code = "not_found"


class Conflict(DomainError):
    """Something that must be unique or unchanged is not."""

    default_code = "conflict"


class InProgress(Conflict):
    """The same thing is being done at this moment; its answer can be had ``retry_after_seconds`` later."""

    default_code = "in_progress"
    retry_after_seconds = 3


class StaleVersion(DomainError):
    """The form was filled in against an older version. ``kept`` is what stands now and ``typed`` what would have been written, by
    field, for a page that puts them side by side; they are not part of what the API answers."""

    status = 412
    default_code = "stale_version"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        kept: Mapping[str, object] | None = None,
        typed: Mapping[str, object] | None = None,
        **fields: str,
    ) -> None:
        super().__init__(message, code=code, **fields)
        self.kept, self.typed = kept or {}, typed or {}


class InvalidInput(DomainError):
    """Readable input that is wrong; ``fields`` says where."""

    status = 422
    default_code = "invalid"


class TooManyRequests(DomainError):
    """A rate limit was reached; try again after ``retry_after_seconds``."""

    status = 429
    default_code = "too_many_requests"

    def __init__(
        self, message: str, *, retry_after_seconds: int, code: str | None = None, **fields: str
    ) -> None:
        super().__init__(message, code=code, **fields)
        self.retry_after_seconds = retry_after_seconds


class GatewayUnavailable(DomainError):
    """An outside system (payment, SMS, seal) did not answer."""

    status = 503
    default_code = "gateway_unavailable"
