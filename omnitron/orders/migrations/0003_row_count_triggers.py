from django.db import migrations

COUNTED = {"orders_order": "channel_id", "orders_orderitem": None}

FUNCTIONS = """
CREATE FUNCTION core_count_rows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    channel text := CASE WHEN TG_NARGS = 1 THEN quote_ident(TG_ARGV[0]) ELSE 'NULL::bigint' END;
    sign int := CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END;
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        DELETE FROM core_rowcountchange WHERE relation = TG_TABLE_NAME;
    ELSE
        EXECUTE format(
            'INSERT INTO core_rowcountchange (relation, channel_id, change) '
            'SELECT %L, %s, %s * count(*) FROM changed GROUP BY 2',
            TG_TABLE_NAME, channel, sign);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION orders_channel_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the channel of an order never changes' USING ERRCODE = 'check_violation';
END $$;

CREATE TRIGGER channel_is_final BEFORE UPDATE OF channel_id ON orders_order
    FOR EACH ROW WHEN (OLD.channel_id IS DISTINCT FROM NEW.channel_id) EXECUTE FUNCTION orders_channel_is_final();
"""

TRIGGERS = """
CREATE TRIGGER count_inserted AFTER INSERT ON {table} REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION core_count_rows({argument});
CREATE TRIGGER count_deleted AFTER DELETE ON {table} REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION core_count_rows({argument});
CREATE TRIGGER count_truncated AFTER TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION core_count_rows();
"""

DROP_TRIGGERS = """
DROP TRIGGER count_inserted ON {table};
DROP TRIGGER count_deleted ON {table};
DROP TRIGGER count_truncated ON {table};
"""


def _triggers(template):
    return "".join(
        template.format(table=table, argument=f"'{channel}'" if channel else "") for table, channel in COUNTED.items()
    )


class Migration(migrations.Migration):
    """Keep the number of rows of the two largest tables: an exact COUNT(*) is most of the cost of a page."""

    dependencies = [("orders", "0002_initial"), ("core", "0002_initial")]
    operations = [
        migrations.RunSQL(
            sql=FUNCTIONS + _triggers(TRIGGERS),
            reverse_sql=_triggers(DROP_TRIGGERS)
            + "DROP TRIGGER channel_is_final ON orders_order;"
            + "DROP FUNCTION orders_channel_is_final();"
            + "DROP FUNCTION core_count_rows();",
        )
    ]
