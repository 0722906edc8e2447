from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class AgreementConfig(AppConfig):
    name = "agreement"
    verbose_name = _("Agreement")


class AdministrationConfig(AdminConfig):
    default_site = "agreement.administration.AdministrationSite"
