from django.db import migrations

CREATE = """
CREATE FUNCTION users_token_holder(token_digest text, moment timestamptz) RETURNS TABLE (
    token_id bigint,
    token_user_id bigint,
    token_expires_date timestamptz,
    token_last_used_date timestamptz,
    user_id bigint,
    user_username varchar,
    user_first_name varchar,
    user_last_name varchar,
    user_email varchar,
    user_is_active boolean,
    user_is_staff boolean,
    user_is_superuser boolean,
    user_is_limited_to_channels boolean,
    permissions text[],
    channel_ids bigint[]
) LANGUAGE plpgsql STABLE ROWS 1 AS $$
BEGIN
    RETURN QUERY
    SELECT
        t.id, t.user_id, t.expires_date, t.last_used_date,
        u.id, u.username, u.first_name, u.last_name, u.email,
        u.is_active, u.is_staff, u.is_superuser, u.is_limited_to_channels,
        CASE WHEN NOT u.is_superuser THEN ARRAY(
            SELECT c.app_label || '.' || p.codename
            FROM auth_permission p
            JOIN django_content_type c ON c.id = p.content_type_id
            WHERE p.id IN (
                SELECT own.permission_id FROM users_user_user_permissions own WHERE own.user_id = u.id
                UNION ALL
                SELECT granted.permission_id
                FROM users_user_groups member
                JOIN auth_group_permissions granted ON granted.group_id = member.group_id
                WHERE member.user_id = u.id
            )
        ) END,
        CASE WHEN u.is_limited_to_channels THEN ARRAY(
            SELECT reached.channel_id FROM users_user_channels reached
            WHERE reached.user_id = u.id ORDER BY reached.channel_id
        ) END
    FROM users_apitoken t
    JOIN users_user u ON u.id = t.user_id
    WHERE t.digest = token_digest AND t.revoked_date IS NULL AND t.expires_date > moment AND u.is_active;
END $$;
"""

DROP = "DROP FUNCTION users_token_holder(text, timestamptz);"


class Migration(migrations.Migration):
    """The holder of a live token with all that permission checks ask, in one statement.

    A function, because planning this join costs four times its execution, on every request; PL/pgSQL keeps the
    plan in the session (measured: 90 instead of 390 microseconds).
    """

    dependencies = [
        ("users", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunSQL(sql=CREATE, reverse_sql=DROP)]
