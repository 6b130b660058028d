"""Rows of these tables are never changed (SEC-40)."""

from django.db import migrations

from eventlog.guards import append_only_trigger

BALANCE = """
CREATE FUNCTION payments_journal_balances() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE difference numeric; lines integer;
BEGIN
    SELECT coalesce(sum(CASE direction WHEN 'debit' THEN amount ELSE -amount END), 0), count(*)
      INTO difference, lines FROM payments_line WHERE journal_id = NEW.id;
    IF lines < 2 OR difference <> 0 THEN
        RAISE EXCEPTION 'journal % does not balance', NEW.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER payments_journal_balance AFTER INSERT ON payments_journal
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payments_journal_balances();
CREATE FUNCTION payments_line_balances() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE difference numeric;
BEGIN
    SELECT sum(CASE direction WHEN 'debit' THEN amount ELSE -amount END)
      INTO difference FROM payments_line WHERE journal_id = NEW.journal_id;
    IF difference <> 0 THEN
        RAISE EXCEPTION 'journal % does not balance', NEW.journal_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER payments_line_balance AFTER INSERT ON payments_line
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payments_line_balances();
"""
NO_BALANCE = """
DROP TRIGGER payments_line_balance ON payments_line;
DROP TRIGGER payments_journal_balance ON payments_journal;
DROP FUNCTION payments_line_balances();
DROP FUNCTION payments_journal_balances();
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial"), ("eventlog", "0002_guards")]

    operations = [
        append_only_trigger("payments_gatewaynotice"),
        append_only_trigger("payments_payment"),
        append_only_trigger("payments_journal"),
        append_only_trigger("payments_line"),
        # debits and credits of a journal are equal when its transaction commits (REL-02)
        migrations.RunSQL(BALANCE, NO_BALANCE),
    ]
