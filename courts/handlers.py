"""This app reacts to no events; it tells the session middleware how posts are found."""

from accounts.middleware import use_posts
from courts.posts import post_of_session

use_posts(post_of_session)
