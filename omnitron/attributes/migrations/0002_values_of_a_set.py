import django.db.models.deletion
from django.db import migrations, models

FILLED = """
UPDATE attributes_marketplaceattributevalueconfig config SET attribute_id = value.attribute_id
FROM attributes_marketplaceattributevalue value WHERE value.id = config.attribute_value_id
"""


class Migration(migrations.Migration):
    # Filling the column leaves checks of its foreign key pending, and with those PostgreSQL alters no table.
    atomic = False

    dependencies = [
        ('attributes', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='marketplaceattributevalueconfig',
            name='attribute',
            field=models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='attributes.marketplaceattribute'),
        ),
        migrations.RunSQL(sql=FILLED, reverse_sql=migrations.RunSQL.noop),
        migrations.AlterField(
            model_name='marketplaceattributevalueconfig',
            name='attribute',
            field=models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, to='attributes.marketplaceattribute'),
        ),
        migrations.AddIndex(
            model_name='marketplaceattributevalueconfig',
            index=models.Index(fields=['attribute', 'attribute_set'], name='attribute_values_of_set'),
        ),
    ]
