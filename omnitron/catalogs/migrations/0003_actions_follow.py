from django.db import migrations

WATCHED = ("product", "productprice", "productstock")

FOLLOWED = """
CREATE TRIGGER integration_actions_follow AFTER UPDATE ON {app}_{model} REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION integration_actions_follow('{app}', '{model}');
UPDATE channels_integrationaction a SET object_modified_date = o.modified_date
FROM {app}_{model} o, django_content_type t
WHERE t.app_label = '{app}' AND t.model = '{model}' AND a.content_type_id = t.id AND a.object_id = o.id;
"""


class Migration(migrations.Migration):
    """Changes of products, prices and stocks move their integration actions, which tells what waits for a channel."""

    dependencies = [("catalogs", "0002_initial"), ("channels", "0002_waiting_actions")]
    operations = [
        migrations.RunSQL(
            sql=FOLLOWED.format(app="catalogs", model=model),
            reverse_sql=f"DROP TRIGGER integration_actions_follow ON catalogs_{model};",
        )
        for model in WATCHED
    ]
