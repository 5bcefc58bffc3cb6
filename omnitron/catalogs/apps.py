from django.apps import AppConfig


class CatalogsConfig(AppConfig):
    name = "omnitron.catalogs"
    default_auto_field = "django.db.models.BigAutoField"
