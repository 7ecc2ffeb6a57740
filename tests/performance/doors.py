"""The gateway and nginx, each before the same small service."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from socket import create_connection, create_server

import pika

HERE = Path(__file__).parent
PREFIX = f"bench_{os.getpid()}."
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/sbin")
NGINX_CONFIGURATION = """
daemon off; pid {folder}/pid; error_log {folder}/error; worker_processes 1;
events {{ worker_connections 256; }}
http {{
  access_log off; client_body_temp_path {folder}/a; proxy_temp_path {folder}/b;
  fastcgi_temp_path {folder}/c; uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
  upstream service {{ server 127.0.0.1:{service}; keepalive 64; }}
  server {{
    listen 127.0.0.1:{port}; keepalive_requests 1000000;
    location / {{ proxy_pass http://service; proxy_http_version 1.1; proxy_set_header Connection ""; }}
  }}
}}
"""
REQUEST = (
    b"GET /api/v1/institutions?limit=50 HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n"
    b"Cookie: __Host-epresence=bench\r\n\r\n"
)


@contextmanager
def doors(amqp_url: str) -> Iterator[dict[str, int]]:
    """Ports by name; no `nginx` where this machine has none."""
    service, gateway, internal, ops, nginx = _free_ports(5)
    with ExitStack() as stack:
        options = ["-k", "gthread", "--threads", "4", "--keep-alive", "30", "--no-control-socket"]
        command = [sys.executable, "-m", "gunicorn", *options, "-b", f"127.0.0.1:{service}", "small_service:app"]
        stack.enter_context(_running(command, service, cwd=HERE))
        stack.callback(_remove_exchange, amqp_url)
        stack.enter_context(_running(*_gateway(service, gateway, internal, ops, amqp_url)))
        ports = {"gateway": gateway, "service": service}
        if NGINX:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            file = Path(folder, "nginx.conf")
            file.write_text(NGINX_CONFIGURATION.format(folder=folder, service=service, port=nginx))
            stack.enter_context(_running([NGINX, "-c", str(file), "-p", folder, "-e", f"{folder}/error"], nginx))
            ports["nginx"] = nginx
        yield ports


def _gateway(service: int, port: int, internal: int, ops: int, amqp_url: str) -> tuple[list[str], int, dict[str, str]]:
    names = ("IDENTITY", "ORGS", "CONFERENCES", "NOTIFICATIONS", "PORTAL")
    unlimited = {"SESSION_PER_MINUTE": "100000000", "SESSION_BURST": "10000000"}
    told = {
        **{f"{name}_URL": f"http://127.0.0.1:{service}" for name in names},
        **unlimited,
        "PORT": str(port),
        "INTERNAL_PORT": str(internal),
        "OPS_PORT": str(ops),
        "INTERNAL_SECRET": "bench",
        "AMQP_URL": amqp_url,
        "AMQP_PREFIX": PREFIX,
    }
    return [sys.executable, "-W", "ignore", "-m", "gateway", "web"], port, told


@contextmanager
def _running(
    command: list[str], port: int, environment: dict[str, str] | None = None, cwd: Path | None = None
) -> Iterator[None]:
    process = subprocess.Popen(
        command, env=os.environ | (environment or {}), cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(port, process)
        yield
    finally:
        process.terminate()
        process.wait(15)


def _remove_exchange(amqp_url: str) -> None:
    with pika.BlockingConnection(pika.URLParameters(amqp_url)) as connection:
        connection.channel().exchange_delete(f"{PREFIX}epresence.internal")


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 20
    while True:
        try:
            create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"{process.args!r} did not start") from None
            time.sleep(0.05)


def _free_ports(count: int) -> list[int]:
    servers = [create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [server.getsockname()[1] for server in servers]
    for server in servers:
        server.close()
    return ports
