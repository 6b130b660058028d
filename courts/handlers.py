"""This app reacts to no events; it tells those below it how posts are found, which years have a calendar, what courts are called."""

from accounts.middleware import use_posts
from accounts.services.passwords import use_court_names
from accounts.services.resets import use_colleagues
from common.clock import use_announced
from courts.calendar import is_announced
from courts.posts import post_of_session, works_in
from courts.selectors import open_court_names

use_posts(post_of_session)
use_colleagues(works_in)
use_announced(is_announced)
use_court_names(open_court_names)
