"""Questions that wait already get their clocks: both promise what the thread has promised."""

from django.db import migrations

CLOCKS_OF_OPEN_THREADS = """
INSERT INTO feedback_clock (court_id, thread_id, round, kind, started_at, promised_at, due_at, paused_seconds,
                            confirmed, calendar_version, next_at)
SELECT thread.court_id, thread.id, thread.round, kind, least(thread.opened_at, thread.reply_due_at),
       thread.reply_due_at, thread.reply_due_at, 0, true, '', thread.reply_due_at
FROM feedback_thread AS thread, (VALUES ('first_answer'), ('resolution')) AS kinds (kind)
WHERE thread.state = 'open'
"""


class Migration(migrations.Migration):
    dependencies = [("feedback", "0004_clocks")]

    operations = [migrations.RunSQL(CLOCKS_OF_OPEN_THREADS, "DELETE FROM feedback_clock")]
