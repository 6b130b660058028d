"""What can go wrong with kept bytes."""

from common.errors import DomainError


class FilesAway(DomainError):
    """The storage of the files does not answer, or has no room: nothing is lost, later it works (REL-50)."""

    status = 503
    default_code = "files_away"


class FileDamaged(DomainError):
    """The kept bytes are missing or are not those that were received."""

    status = 503
    default_code = "file_damaged"
