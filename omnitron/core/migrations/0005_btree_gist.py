from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations


class Migration(migrations.Migration):
    """What exclusion constraints over a key and a range need; their migrations depend on this one."""

    dependencies = [("core", "0004_audit_moments")]
    operations = [BtreeGistExtension()]
