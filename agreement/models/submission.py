from django.db import models, transaction

from agreement.models.user import User


class SubmissionQuerySet(models.QuerySet):
    def first_time(self, user, key) -> bool:
        """Whether this form is sent for the first time; a double click, a retry or F5 is not.

        Call it inside the transaction of the change: if the change fails, the form may be sent again.
        """
        with transaction.atomic():
            return self.get_or_create(user=user, key=key)[1]


class Submission(models.Model):
    """A form that was taken, by the key it was given when it was shown: it counts once."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    key = models.UUIDField()
    at = models.DateTimeField(auto_now_add=True)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="submission_once")]

    def __str__(self):
        return str(self.key)
