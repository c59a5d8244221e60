"""The files in deploy/: they name what exists, and what the planner needs to start is set."""

import ipaddress
import json
import re
import shutil
import string
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands

from assessments.action_log.workbook import MAX_BYTES
from noc_transition import serving
from operate.forms import LARGEST_REGISTER
from tests.noc_transition.test_metrics_and_reports import free_port
from tests.test_killed import wait_until

ROOT = Path(__file__).parents[2]
BIN = str(Path(sys.executable).parent)
DEPLOY = ROOT / "deploy"
INSTALL = ROOT / "docs/install.md"

pytestmark = pytest.mark.pure


def instructions():
    """Return the container file as pairs of an instruction and its argument."""
    text = re.sub(r"^#.*\n", "", (DEPLOY / "Containerfile").read_text(), flags=re.MULTILINE)
    lines = text.replace("\\\n", " ").splitlines()
    return [tuple(line.split(None, 1)) for line in lines if line.strip()]


def variables(steps):
    """Return what the ENV instructions set."""
    return dict(
        pair.split("=", 1) for kind, text in steps if kind == "ENV" for pair in text.split()
    )


def compose():
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text())


def filled_in(value, names):
    """Return a value of the compose file with its variables, as Docker puts them in."""
    return re.sub(r"\$\{(\w+)(?::\?[^}]*)?\}", lambda found: names[found[1]], value)


def commands_in(text):
    return set(re.findall(r"(?:manage\.py|deploy/manage)[ \",]+(\w+)", text))


def unit(name):
    """Return the lines of a systemd unit as a dict."""
    lines = (DEPLOY / "systemd" / name).read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and line[0] != "#")


def settings_in(path):
    """Return the settings of an example file as systemd, Docker and a shell all read them."""
    found = {}
    for line in path.read_text().splitlines():
        if not line.startswith("#"):
            # What is not in single quotes must mean the same to each of them.
            name, value = re.fullmatch(r"([A-Z_]+)=([\w.:/@+?=-]*|'[^'$]*')", line).groups()
            found[name] = value.strip("'")
    return found


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
    # By number, so that a cluster can see that it is not root.
    assert steps[-3][0] == "USER"
    assert int(steps[-3][1]) > 0
    port = next(text for kind, text in steps if kind == "EXPOSE")
    assert variables(steps)["BIND"] == f"0.0.0.0:{port}"


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
        assert set(re.findall(r"\$\{(\w+)", str(service))) <= own
        # Nothing that is broken into can change the code or gain rights.
        assert service["read_only"] is True
        assert service["tmpfs"] == ["/tmp"]  # noqa: S108
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
    assert all(service["logging"]["options"]["max-size"] for service in services.values())
    for name in ("web", "worker"):
        assert services[name]["depends_on"] == {
            "release": {"condition": "service_completed_successfully"}
        }
    assert "/readyz" in str(services["web"]["healthcheck"])
    proxy = (DEPLOY / "Caddyfile").read_text()
    assert f"reverse_proxy web:{8000}" in proxy
    mounted = dict(volume.split(":")[:2] for volume in services["proxy"]["volumes"])
    assert all((DEPLOY / name).exists() for name in mounted if name.startswith("./"))
    assert mounted["./unavailable.html"] == "/etc/caddy/unavailable.html"
    assert "rewrite * /unavailable.html" in proxy


@pytest.mark.skipif(not shutil.which("hadolint", path=BIN), reason="only for Linux on x86_64")
def test_the_container_file_is_linted():
    done = subprocess.run([f"{BIN}/hadolint", DEPLOY / "Containerfile"], capture_output=True)
    assert done.stdout == b""
    assert done.returncode == 0


TABLES = """
import django
from django.conf import settings
settings.MIGRATION_MODULES = {name.split(".")[-1]: None for name in settings.INSTALLED_APPS}
django.setup()
from django.core.management import call_command
call_command("migrate", run_syncdb=True, verbosity=0)
"""


@pytest.mark.slow
def test_the_steps_of_the_container_run_on_only_what_it_copies(tmp_path):
    """The steps after the installation of packages, then release, server and health check."""
    app, data = tmp_path / "app", tmp_path / "data"
    steps = instructions()
    for kind, text in steps:
        if kind != "COPY":
            continue
        *sources, target = text.split()
        for name in sources:
            (app / target).mkdir(parents=True, exist_ok=True)
            if (ROOT / name).is_dir():
                ignored = shutil.ignore_patterns("__pycache__")
                shutil.copytree(ROOT / name, app / target, ignore=ignored, dirs_exist_ok=True)
            else:
                shutil.copy(ROOT / name, app / target)

    services = compose()["services"]
    port = free_port()
    names = {"PLANNER_HOST": "planner.example", "POSTGRES_PASSWORD": "unused"}
    given = services["web"]["environment"]
    environment = {name: filled_in(value, names) for name, value in given.items()}
    environment |= variables(steps) | {
        "DJANGO_SETTINGS_MODULE": "noc_transition.settings",
        "PATH": f"{BIN}:/usr/bin:/bin",
        "SECRET_KEY": "only-for-the-test",
        "EMAIL_URL": "smtp://127.0.0.1:9",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'planner.sqlite3'}",
        "PRIVATE_DIR": str(data / "private"),
        "BIND": f"127.0.0.1:{port}",
    }

    def run(command):
        command = command.replace("/data", str(data)).replace(":8000", f":{port}")
        command = re.sub(r"&& chown \S+ \S+ \S+", "", command)
        options = {"cwd": app, "env": environment, "capture_output": True, "text": True}
        return subprocess.run(["sh", "-c", command], **options)

    collect = next(text for kind, text in steps if kind == "RUN" and "collectstatic" in text)
    # The tables come from the models, in a fraction of the time of the migrations.
    release = services["release"]["command"].strip().replace("migrate", "migrate --fake", 1)
    for command in (collect, f"python -c '{TABLES}'", release):
        done = run(command)
        assert done.returncode == 0, done.stdout + done.stderr
    assert (app / "staticfiles/staticfiles.json").exists()
    assert (data / "backups").is_dir()

    server = subprocess.Popen(
        json.loads(steps[-1][1]), cwd=app, env=environment, stderr=subprocess.DEVNULL
    )
    check = services["web"]["healthcheck"]["test"][1]
    try:
        wait_until(lambda: run(check).returncode == 0)
    finally:
        server.terminate()
        server.wait()


def test_every_command_that_is_named_exists():
    docs = [ROOT / "docs" / name for name in ("install.md", "operations.md")]
    files = [*DEPLOY.rglob("*.service"), DEPLOY / "Containerfile", *docs]
    named = commands_in("\n".join(path.read_text() for path in files) + str(compose()))
    assert {"migrate", "createcachetable", "load_frameworks", "collectstatic"} <= named
    assert {"worker", "backup", "restore"} <= named
    assert named <= set(get_commands())


def test_secrets_are_neither_committed_nor_sent_to_the_builder():
    assert "/deploy/.env" in (ROOT / ".gitignore").read_text().splitlines()
    kept = re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
    assert "deploy" not in kept


@pytest.mark.parametrize("name", ["env.example", "systemd/planner.env"])
def test_an_example_of_settings_reads_the_same_everywhere(name):
    found = settings_in(DEPLOY / name)
    assert found["EMAIL_URL"].startswith("smtp+tls://")
    assert found.keys() - {"PLANNER_HOST", "POSTGRES_PASSWORD"} <= documented_settings()


def test_what_the_example_says_about_quotes_is_right():
    """With a council's apostrophe in single quotes, no command of the installation ran."""

    def read_by_a_shell(value):
        command = ["sh", "-eu", "-c", '. /dev/stdin; printf %s "$V"']
        return subprocess.run(command, input=f"V={value}\n", capture_output=True, text=True).stdout

    text = (DEPLOY / "systemd/planner.env").read_text()
    in_single = re.search(r"spaces or any of (.*) in single quotes", text)[1].split()
    example = re.search(r'an apostrophe in double quotes: PUBLISHER_NAME=(".*")', text)[1]
    assert read_by_a_shell(example) == example.strip('"')
    containers = (DEPLOY / "env.example").read_text()
    assert "those with an apostrophe in double quotes" in containers
    for sign in [" ", *string.punctuation]:
        if sign in {" ", *in_single}:
            assert read_by_a_shell(f"'a{sign}b'") == f"a{sign}b"
        elif sign != "'":
            assert read_by_a_shell(f"a{sign}b") == f"a{sign}b"


def test_the_services_can_write_where_the_settings_say():
    found = settings_in(DEPLOY / "systemd/planner.env")
    required = {"PRODUCTION", "SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "EMAIL_URL"}
    assert found.keys() >= required | {"SITE_URL", "TRUSTED_PROXY_COUNT"}
    web, worker = unit("planner.service"), unit("planner-worker.service")
    own = {"Description", "ExecStart", "ExecReload", "Restart"}
    assert {key: web[key] for key in web.keys() - own} == {
        key: worker[key] for key in worker.keys() - own
    }
    folders = {f"/var/lib/{name}" for name in web["StateDirectory"].split()}
    assert web["ProtectSystem"] == "strict"
    # Without it, systemd stops the whole of a service if the kernel ends the process of a PDF.
    assert web["OOMPolicy"] == "continue"
    assert found["BACKUP_DIR"] in folders
    assert web["Environment"].removeprefix("PRIVATE_DIR=").startswith("/var/lib/planner/")


def test_commands_have_the_settings_of_the_services(tmp_path):
    """With a stand-in for Python that prints what it was given, and for `id`: not as root."""
    stand_ins = {"deploy/manage": (DEPLOY / "manage").read_text()}
    stand_ins[".venv/bin/python"] = '#!/bin/sh\nenv\nprintf "argument %s\\n" "$@"\n'
    stand_ins["bin/id"] = "#!/bin/sh\necho 1000\n"
    for name, text in stand_ins.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)
    done = subprocess.run(
        [tmp_path / "deploy/manage", "restore", "a file"],
        env={
            "PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin",
            "PLANNER_ENV": str(DEPLOY / "systemd/planner.env"),
            "DATABASE_URL": 'postgres://planner@/it\'s "second"',
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[-3:] == [f"argument {tmp_path}/manage.py", "argument restore", "argument a file"]
    given = dict(line.split("=", 1) for line in lines[:-3])
    expected = settings_in(DEPLOY / "systemd/planner.env")
    expected["DATABASE_URL"] = 'postgres://planner@/it\'s "second"'
    assert given.items() >= expected.items()
    assert given["PRIVATE_DIR"] == unit("planner.service")["Environment"].partition("=")[2]


def test_caddy_lets_through_what_the_planner_takes_and_waits_for_the_whole_of_it():
    """A process of the web server answers one request at a time, so it must not wait for a body."""
    text = (DEPLOY / "Caddyfile").read_text()
    largest = re.search(r"request_body {\s+max_size (\d+)MB", text)[1]
    buffered = re.search(r"reverse_proxy web:8000 {[^}]*\n\t\trequest_buffers (\d+)MB\n", text)[1]
    assert int(buffered) == int(largest)
    assert int(largest) * 10**6 > max(MAX_BYTES, LARGEST_REGISTER)
    # Anything larger gets words instead of the page that says that the planner is not available.
    refused = re.compile(re.search(r"@large header_regexp Content-Length (\S+)", text)[1])
    limit = int(largest) * 10**6
    assert not any(map(refused.search, ("", "0", "999999", str(limit - 1))))
    assert all(map(refused.search, (str(limit), "9999999", "10000000", "9" * 20)))
    steps = (ROOT / "docs/install.md").read_text()
    # Caddy 2.6.2 starts only with options that it knows.
    replaced = re.search(
        r"sed -i '/read_body_idle/d; s/(request_buffers \d+MB)/buffer_requests/;", steps
    )[1]
    assert replaced in text


def test_caddy_takes_a_whole_response_at_once():
    """A process of the web server must not wait for someone who reads slowly, or not at all."""
    text = (DEPLOY / "Caddyfile").read_text()
    proxy = re.search(r"reverse_proxy web:8000 {[^}]*}", text)[0]
    taken = re.search(r"\n\t\t(response_buffers (\d+)MB)\n", proxy)
    assert int(taken[2]) * 10**6 >= 32 * 10**6
    largest_file = max(path.stat().st_size for path in (ROOT / "static").rglob("*.*"))
    assert int(taken[2]) * 10**6 > largest_file
    steps = (ROOT / "docs/install.md").read_text()
    assert f"s/{taken[1]}/buffer_responses/" in steps
    # nginx does so unless told not to.
    assert "proxy_buffering" not in (DEPLOY / "nginx.conf").read_text()


def test_what_caddy_keeps_in_memory_ends():
    """100 requests of 6 MB that were sent in part took 1.2 GB of its memory until they ended."""
    text = (DEPLOY / "Caddyfile").read_text()
    # Options of all sites come before the first site.
    options = re.match(r"(?:#.*\n)*({\n.*?\n}\n)", text, re.DOTALL)[1]
    # The server that Caddy adds for port 80, if the file has none, has no limits.
    assert re.search(r"\nhttp://{\$PLANNER_HOST} {\n\tredir https://{host}{uri} 308\n}\n", text)
    # Caddy 2.6.2 does not end the body of an HTTP/2 request, and no version that of HTTP/3.
    assert re.search(r"\tservers {\n\t\tprotocols h1\n\t\ttimeouts {\n", options)
    seconds = {
        name: int(number) * {"s": 1, "m": 60}[unit]
        for name, number, unit in re.findall(r"\t\t\t(\w+) (\d+)([sm])\n", options)
    }
    assert seconds.keys() == {"read_header", "read_body", "write", "idle"}
    assert seconds["read_header"] <= 10
    assert seconds["read_body"] <= 30
    # Caddy 2.11.7 begins to count again with each byte: one a second kept a request for 7 minutes.
    assert "\n\t\t\tread_body_idle -1s\n" in options
    # It begins with the request: what takes longest, and then the time to download it.
    assert seconds["write"] >= serving.timeout + 60
    # And it has a limit of its own, after which it starts again.
    proxy = compose()["services"]["proxy"]
    assert proxy["mem_limit"] == "1g"
    assert proxy["restart"] == "unless-stopped"
    own = unit("caddy.conf")
    assert own["MemoryMax"] == "1G"
    assert own["Restart"] == "on-failure"
    steps = INSTALL.read_text()
    assert "deploy/systemd/caddy.conf /etc/systemd/system/caddy.service.d/" in steps


def test_docker_does_not_give_everyone_over_ipv6_one_address():
    """Its proxy for IPv6 hides addresses, and failed sign-ins are counted for each address."""
    containers = compose()
    assert "networks" not in containers  # none has IPv6
    published = [port for each in containers["services"].values() for port in each.get("ports", [])]
    assert published
    assert all(port.startswith("0.0.0.0:") for port in published)


def test_nginx_lets_through_what_the_planner_takes():
    text = (DEPLOY / "nginx.conf").read_text()
    assert "proxy_pass http://127.0.0.1:8000;" in text
    assert "X-Forwarded-For $remote_addr;" in text
    assert "X-Forwarded-Proto https;" in text
    largest = re.search(r"client_max_body_size (\d+)m;", text)[1]
    assert int(largest) * 2**20 > max(MAX_BYTES, LARGEST_REGISTER)
    # It waits for the whole of a request unless told not to.
    assert "proxy_request_buffering" not in text
    # Anything larger gets the words that Caddy has for it, and headers as all pages have them.
    assert "\n    error_page 413 @large;\n" in text
    place = text.split("location @large {\n")[1].split("\n    }\n")[0]
    words = re.search(r'return 413 "(.+)";', place)[1]
    assert f'respond "{words}" 413' in (DEPLOY / "Caddyfile").read_text()
    assert all(name in place for name in ("Cache-Control", "Content-Security-Policy"))


def test_no_one_can_take_all_connections_of_nginx_with_slow_requests():
    """Debian's 768 were all taken by one computer that sent half of as many requests."""
    text = (DEPLOY / "nginx.conf").read_text()
    # Of all servers: the one of Debian would decide for port 80, and wait for a minute.
    assert "\nclient_header_timeout 10s;" in text.split("\nserver {")[0]
    assert text.count("client_header_timeout") == 1
    # From then on the limit of one address counts. An ordinary save can stall for 20 seconds.
    assert 20 < int(re.search(r"\n    client_body_timeout (\d+)s;", text)[1]) <= 30
    zone = re.search(r"\nlimit_conn_zone \$planner_network zone=(\w+):", text)[1]
    most = int(re.search(rf"\n    limit_conn {zone} (\d+);", text)[1])
    changes = re.search(r"sudo sed -i '(.*)' /etc/nginx/nginx.conf", INSTALL.read_text())[1]
    debian = "user www-data;\nevents {\n\tworker_connections 768;\n}\n"
    changed = subprocess.run(
        ["sed", changes], input=debian, capture_output=True, text=True, check=True
    ).stdout
    connections = int(re.search(r"\n\tworker_connections (\d+);", changed)[1])
    files = int(re.match(r"worker_rlimit_nofile (\d+);\n", changed)[1])
    assert connections >= 20 * most
    assert files > 2 * connections  # one for each side


def test_nginx_counts_a_request_until_the_planner_has_answered_it():
    """One computer queued 250 requests a second by ending each at once; pages took 11 seconds."""
    text = (DEPLOY / "nginx.conf").read_text()
    place = text.split("\n    location / {\n")[1].split("\n    }\n")[0]
    assert "\n        proxy_ignore_client_abort on;" in place


def test_nginx_counts_all_addresses_of_an_ipv6_network_as_one():
    """Anyone has 2^64 of them: with 200 connections from each, they could take all."""
    text = (DEPLOY / "nginx.conf").read_text()
    network = re.search(r"\nlimit_conn_zone \$(\w+) zone=", text)[1]
    rules = text.split(f"\nmap $binary_remote_addr ${network} {{\n")[1].split("\n}\n")[0]
    assert "    default $binary_remote_addr;\n" in rules
    pattern, name = re.search(r'^    "~(\S+)" \$(\w+);', rules, re.MULTILINE).groups()
    pattern = re.compile(pattern.replace("(?<", "(?P<").encode())

    def counted_as(address):
        packed = ipaddress.ip_address(address).packed
        found = pattern.match(packed)
        return found[name] if found else packed

    assert counted_as("2001:db8:1:2::a") == counted_as("2001:db8:1:2:ffff:0:a0a:1")
    assert counted_as("2001:db8:1:2::a") != counted_as("2001:db8:1:3::a")
    assert counted_as("192.0.2.1") != counted_as("192.0.2.2")


def test_no_log_of_a_proxy_has_the_links_that_let_people_in():
    servers = (DEPLOY / "nginx.conf").read_text().split("\nserver {")[1:]
    assert len(servers) == 2
    for server in servers:
        assert "\n    access_log off;" in server  # Debian's nginx.conf turns it on
        assert re.search(r"\n    error_log \S+ (crit|alert|emerg);", server)
    caddy = (DEPLOY / "Caddyfile").read_text()
    # It logs the request that is read in part (since 2.7) or whose page of an error fails.
    assert re.findall(r"^\s*(?:log|debug)\b[^}]*}", caddy, re.MULTILINE) == [
        "\tlog default {\n\t\texclude http.handlers.reverse_proxy http.log.error\n\t}"
    ]
    assert "\n{\n\tlog default {" in caddy  # among the options: in a site it would turn the log on
    # Caddy logs an error with its request, unless the error is handled.
    assert "\n\thandle_errors {" in caddy


# On pages that are not the planner's: a policy, and nothing that a cache keeps.
OWN_HEADERS = {
    "Content-Security-Policy": "\"default-src 'none'; frame-ancestors 'none'\"",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Strict-Transport-Security": '"max-age=31536000; includeSubDomains; preload"',
}


@pytest.mark.parametrize(("name", "value"), OWN_HEADERS.items())
def test_every_response_has_headers_also_if_the_planner_never_saw_the_request(name, value):
    """gunicorn and nginx refuse some requests with pages of their own, such as a long address."""
    nginx = (DEPLOY / "nginx.conf").read_text()
    source = name.lower().replace("-", "_")
    variable = re.search(rf'map \$upstream_http_{source} (\$\w+) {{\n    "" (.+);\n}}', nginx)
    assert variable[2] == value
    added = f"add_header {name} {variable[1]} always;\n"
    assert f"\n    {added}" in nginx
    # A location with a header of its own has none of its server's.
    places = re.findall(r"\n    location [^{]+{(.*?\n)    }", nginx, re.DOTALL)
    assert len(places) == 3
    assert all(added in place for place in places if "add_header" in place)
    caddy = (DEPLOY / "Caddyfile").read_text()
    site, errors = caddy.split("\thandle_errors {")
    assert re.search(rf"\n\theader {{[^}}]*\n\t\t\?{name} {re.escape(value)}\n", site)
    assert f"\t\theader {name} {value}\n" in errors


def test_each_upgrade_has_a_backup_of_its_own():
    """`backup` replaces no file: with one name, the second upgrade would be without a backup."""
    steps = (ROOT / "docs/operations.md").read_text()
    upgrade = steps.split("## Release and upgrade")[1].split("\n## ")[0]
    files = re.findall(r"(?:deploy/manage|manage\.py) backup (\S.*)\n", upgrade)
    assert len(files) == 2
    names = [
        subprocess.run(["sh", "-c", f"echo {file}"], capture_output=True, text=True).stdout
        for file in files
    ]
    for name in names:
        assert re.search(r"/upgrade-20\d\d-\d\d-\d\dT\d{4}\.backup\n\Z", name)


def test_the_backup_of_an_upgrade_has_all_that_was_saved_before():
    """Going back to it loses what was saved after it, and a build alone takes minutes."""
    steps = (ROOT / "docs/operations.md").read_text()
    upgrade = steps.split("## Release and upgrade")[1].split("\n## ")[0]
    stop, backup, migrate = (
        upgrade.index(f"    sudo {command}")
        for command in (
            "systemctl stop planner planner-worker\n",
            "deploy/manage backup ",
            "deploy/manage migrate\n",
        )
    )
    assert stop < backup < migrate
    # `up` runs the migrations while what has not been stopped goes on with the old code.
    build, stop_web, backup, stop_worker, up = (
        upgrade.index(f"    docker compose -f deploy/compose.yaml {command}")
        for command in (
            "build ",
            "stop web\n",
            "exec worker python manage.py backup ",
            "stop worker\n",
            "up -d\n",
        )
    )
    assert build < stop_web < backup < stop_worker < up


def test_what_is_restored_with_containers_can_be_used():
    """compose.yaml names the database, so no setting can lead to another one."""
    text = (ROOT / "docs/operations.md").read_text()
    assert compose()["services"]["web"]["environment"]["DATABASE_URL"].endswith("@database/planner")
    assert "-c 'ALTER DATABASE restored RENAME TO planner'" in text


def test_an_upgrade_with_containers_brings_packages_and_the_proxy_up_to_date():
    """Docker keeps the packages of the first build, and a proxy whose file has been replaced."""
    steps = (ROOT / "docs/operations.md").read_text()
    upgrade = steps.split("## Release and upgrade")[1].split("\n## ")[0]
    up, proxy = (
        upgrade.index(f"compose.yaml {command}\n")
        for command in ("build --pull --no-cache web", "up -d --no-deps --force-recreate proxy")
    )
    assert upgrade.index("git fetch && git checkout") < up < proxy
    # All of the planner's services are one image.
    assert len({each["image"] for each in compose()["services"].values() if "build" in each}) == 1


def test_every_file_that_the_steps_name_exists():
    text = (ROOT / "docs/install.md").read_text()
    named = set(re.findall(r"\bdeploy/[\w./-]*\w", text)) - {"deploy/.env"}
    assert {"deploy/compose.yaml", "deploy/manage", "deploy/nginx.conf"} <= named
    assert all((ROOT / name).exists() for name in named)
