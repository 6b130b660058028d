"""Who acts for whom: told to the session, to the trail and to the files."""

from __future__ import annotations

from accounts.middleware import use_acting
from assistance.acting_selectors import acting_as, may_open_paper
from assistance.acting_services import PAPER_OWNER, holds
from documents.access import register
from eventlog.services import use_consent_check

use_acting(acting_as)
use_consent_check(holds)
register(PAPER_OWNER, may_open_paper)
