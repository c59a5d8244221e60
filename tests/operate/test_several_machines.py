"""Two machines on one database: the web server of one sends what a worker on the other has made."""

import io
import os
import subprocess
import sys
import zipfile
from http.client import HTTPConnection

import pytest
from django.conf import settings as project
from django.urls import reverse

from assessments.portfolio.actions import ask_for_bundle
from assessments.portfolio.models import Bundle
from assessments.portfolio.tasks import make_bundle
from tests.acting import signed_in
from tests.test_killed import Server, cookies_of, database_url, wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.pdf]


def test_a_zip_made_on_one_machine_is_downloaded_from_another(plan, officer, tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
    server = Server(second, cwd=second)
    server.start()
    worker = subprocess.Popen(
        [sys.executable, str(project.BASE_DIR / "manage.py"), "worker", "--interval", "0.1"],
        cwd=first,
        env=os.environ | {"DATABASE_URL": database_url(), "PRIVATE_DIR": str(first)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        bundle = ask_for_bundle([plan], by=officer)
        make_bundle.enqueue(bundle.pk)
        wait_until(lambda: Bundle.objects.get(pk=bundle.pk).finished_at)
        cookie, _ = cookies_of(signed_in(officer), server)
        link = HTTPConnection("127.0.0.1", server.port, timeout=60)
        headers = {"Host": "localhost", "Cookie": cookie}
        link.request("GET", reverse("bundle_zip", args=[bundle.pk]), headers=headers)
        response = link.getresponse()
        assert response.status == 200
        archive = zipfile.ZipFile(io.BytesIO(response.read()))
        link.close()
    finally:
        server.kill()
        worker.kill()
        worker.wait()
    assert archive.read(archive.namelist()[1]).startswith(b"%PDF-")
    # Locks of the places for PDFs are all that a machine keeps for itself.
    kept = {path.name: path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()}
    assert set(kept) <= {"0", "1"}
    assert not any(kept.values())
