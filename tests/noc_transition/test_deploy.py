"""The files in deploy/: they name what exists, and what the planner needs to start is set."""

import json
import re
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"

pytestmark = pytest.mark.pure


def instructions():
    """Return the container file as pairs of an instruction and its argument."""
    text = re.sub(r"^#.*\n", "", (DEPLOY / "Containerfile").read_text(), flags=re.MULTILINE)
    lines = text.replace("\\\n", " ").splitlines()
    return [tuple(line.split(None, 1)) for line in lines if line.strip()]


def compose():
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text())


def commands_in(text):
    return set(re.findall(r"manage\.py[ \",]+(\w+)", text))


def documented_settings():
    return set(re.findall(r"`([A-Z_]+)", (ROOT / "docs/settings.md").read_text()))


def test_the_container_has_every_package_of_the_product_and_no_root():
    steps = instructions()
    assert {name for name, _ in steps} == {
        "FROM",
        "RUN",
        "WORKDIR",
        "ENV",
        "COPY",
        "USER",
        "EXPOSE",
        "CMD",
    }
    copied = {name for kind, text in steps if kind == "COPY" for name in text.split()[:-1]}
    assert all((ROOT / name).exists() for name in copied)
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "bench"}
    assert copied == packages | {
        "pyproject.toml",
        "uv.lock",
        "manage.py",
        "fixtures",
        "static",
        "templates",
    }
    kept = (ROOT / ".dockerignore").read_text()
    assert copied <= set(re.findall(r"^!(.+)$", kept, re.MULTILINE))
    assert steps[-3][0] == "USER"
    assert steps[-3][1] != "root"
    command = json.loads(steps[-1][1])
    port = next(text for kind, text in steps if kind == "EXPOSE")
    assert command[:4] == ["gunicorn", "noc_transition.wsgi", "--bind", f"0.0.0.0:{port}"]


def test_the_services_start_in_order_with_all_that_production_requires():
    services = compose()["services"]
    assert set(services) == {"database", "release", "web", "worker", "proxy"}
    example = set(re.findall(r"^(\w+)=", (DEPLOY / "env.example").read_text(), re.MULTILINE))
    own = {"PLANNER_HOST", "POSTGRES_PASSWORD"}
    assert example - own <= documented_settings()
    for name in ("release", "web", "worker"):
        service = services[name]
        assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).exists()
        required = {"DATABASE_URL", "ALLOWED_HOSTS", "SITE_URL", "TRUSTED_PROXY_COUNT"}
        assert set(service["environment"]) == required
        assert {"SECRET_KEY", "EMAIL_URL"} <= example
        assert set(re.findall(r"\$\{(\w+)\}", str(service))) <= own
    for name in ("web", "worker"):
        assert services[name]["depends_on"] == {
            "release": {"condition": "service_completed_successfully"}
        }
    assert "/readyz" in str(services["web"]["healthcheck"])
    assert f"reverse_proxy web:{8000}" in (DEPLOY / "Caddyfile").read_text()


def test_every_command_that_is_named_exists():
    files = [*DEPLOY.rglob("*.service"), DEPLOY / "Containerfile", ROOT / "docs/operations.md"]
    named = commands_in("\n".join(path.read_text() for path in files) + str(compose()))
    assert {"migrate", "createcachetable", "load_frameworks", "collectstatic"} <= named
    assert {"db_worker", "backup", "restore"} <= named
    assert named <= set(get_commands())
