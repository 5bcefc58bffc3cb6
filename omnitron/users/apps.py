from django.apps import AppConfig


class UsersConfig(AppConfig):
    name = "omnitron.users"
    default_auto_field = "django.db.models.BigAutoField"
