"""A person's own work, at /me/."""

from django.urls import path

from domains.views import my_work

urlpatterns = [path("", my_work.my_work, name="my-work")]
