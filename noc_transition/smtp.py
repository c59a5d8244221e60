"""Emails are sent by SMTP as Django does it, and counted for Prometheus."""

from django.core.mail.backends import smtp

from .metrics import MAILS


class EmailBackend(smtp.EmailBackend):
    def send_messages(self, email_messages):
        sent = 0
        try:
            sent = super().send_messages(email_messages) or 0
        finally:
            MAILS.labels("sent").inc(sent)
            MAILS.labels("failed").inc(len(email_messages) - sent)
        return sent
