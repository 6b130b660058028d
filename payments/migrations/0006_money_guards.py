"""Statements and closed days are never changed; what goes back never exceeds what came in (REL-03)."""

from django.db import migrations

from eventlog.guards import append_only_trigger

# The advisory lock makes two transactions that give back the same payment wait for each other at their end.
PARTS = """
CREATE FUNCTION payments_parts_within_payment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE paid numeric; given numeric; decided bigint; owed numeric; planned numeric;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('payments_payment'), NEW.payment_id::int);
    SELECT amount INTO paid FROM payments_payment WHERE id = NEW.payment_id;
    SELECT coalesce(sum(amount), 0) INTO given FROM payments_refundpart
     WHERE payment_id = NEW.payment_id AND state <> 'dropped';
    IF given > paid THEN
        RAISE EXCEPTION 'payment % would be given back more than it was', NEW.payment_id USING ERRCODE = 'check_violation';
    END IF;
    SELECT approved_by_id, amount INTO decided, owed FROM payments_refund WHERE id = NEW.refund_id;
    SELECT coalesce(sum(amount), 0) INTO planned FROM payments_refundpart
     WHERE refund_id = NEW.refund_id AND state <> 'dropped';
    IF planned > owed THEN
        RAISE EXCEPTION 'refund % would give back more than its sum', NEW.refund_id USING ERRCODE = 'check_violation';
    END IF;
    IF decided IS NULL AND NEW.state NOT IN ('waiting', 'dropped') THEN
        RAISE EXCEPTION 'refund % is not approved', NEW.refund_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER payments_parts_within_payment AFTER INSERT OR UPDATE ON payments_refundpart
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payments_parts_within_payment();
"""
NO_PARTS = """
DROP TRIGGER payments_parts_within_payment ON payments_refundpart;
DROP FUNCTION payments_parts_within_payment();
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0005_money"), ("eventlog", "0002_guards")]

    operations = [
        append_only_trigger("payments_statement"),
        append_only_trigger("payments_statementrow"),
        append_only_trigger("payments_dayclose"),
        migrations.RunSQL(PARTS, NO_PARTS),
    ]
