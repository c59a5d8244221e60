from django.db import models

from .people import Membership


class ReaderLink(models.Model):
    """Base of the links by which a member is named as a reader of something restricted.

    Such links are deleted when the membership ends, so that being invited again gives back none of
    them (`actions.end_membership`). `reads_from` is when the member was named: earlier texts are
    not theirs to read. It is null if the owner who named them chose to show those as well.
    """

    membership = models.ForeignKey(Membership, models.CASCADE, related_name="+")
    reads_from = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
