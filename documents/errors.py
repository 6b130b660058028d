"""What can go wrong with kept bytes."""

from django.utils.translation import gettext as _

from common.errors import DomainError


class FilesAway(DomainError):
    """The storage of the files does not answer, or has no room: nothing is lost, later it works (REL-50)."""

    status = 503
    default_code = "files_away"


def files_away() -> FilesAway:
    """For who wants to read while the storage does not answer."""
    return FilesAway(_("材料暂时打不开，内容没有丢失。请稍后再试，或者拨打12368。"))


class FileDamaged(DomainError):
    """The kept bytes are missing or are not those that were received."""

    status = 503
    default_code = "file_damaged"
