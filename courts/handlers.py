"""This app reacts to no events; it tells those below it how posts are found and which years have a calendar."""

from accounts.middleware import use_posts
from accounts.services.resets import use_colleagues
from common.clock import use_announced
from courts.calendar import is_announced
from courts.posts import post_of_session, works_in

use_posts(post_of_session)
use_colleagues(works_in)
use_announced(is_announced)
