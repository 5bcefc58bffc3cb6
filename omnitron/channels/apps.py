from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "omnitron.channels"
    default_auto_field = "django.db.models.BigAutoField"
