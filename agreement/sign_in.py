"""The sign-in form."""

from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _


class SignInForm(AuthenticationForm):
    """One message for an unknown name, a wrong password and a closed account: it tells a guesser nothing."""

    error_messages = {
        "invalid_login": _("Account or password is not right."),
        "inactive": _("Account or password is not right."),
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("Account")
        self.fields["password"].label = _("Password")
