from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations


class Migration(migrations.Migration):
    """What the trigram indexes need; their migrations depend on this migration."""

    initial = True
    dependencies = []
    operations = [TrigramExtension()]
