"""Real places to send a site to, on loopback: an S3 server and an OpenSSH server."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert process.poll() is None, f"ended: {process.args}"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"nothing listens on {port}")


@contextmanager
def moto() -> Iterator[str]:
    """The address of an S3 server without buckets, which takes any keys."""
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait(port, server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(10)


def public_bucket(server: str, name: str) -> None:
    """An empty bucket from which everybody may read, after everything else was forgotten."""
    may_read = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": ["s3:GetObject", "s3:HeadObject"],  # the second is of this server only
        "Resource": f"arn:aws:s3:::{name}/*",
    }
    with httpx.Client() as http:
        http.post(f"{server}/moto-api/reset")
        http.put(f"{server}/{name}")
        policy = {"Version": "2012-10-17", "Statement": [may_read]}
        http.put(f"{server}/{name}?policy", json=policy).raise_for_status()


@contextmanager
def sshd(folder: Path) -> Iterator[tuple[int, Path]]:
    """The port of an OpenSSH server for this very person, and a folder for the front of ``PATH``.

    In it is an ``ssh`` that knows the server and has a key; everything else is the real one's.
    """
    port = free_port()
    for name in ("host", "key"):
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True
        )
    public = (folder / "key.pub").read_text("utf-8")
    (folder / "authorized").write_text(public, "utf-8")
    (folder / "authorized").chmod(0o600)
    host = " ".join((folder / "host.pub").read_text("utf-8").split()[:2])
    (folder / "known").write_text(f"[127.0.0.1]:{port} {host}\n", "utf-8")
    (folder / "sshd_config").write_text(
        f"ListenAddress 127.0.0.1:{port}\nHostKey {folder}/host\nPidFile none\nUsePAM no\n"
        f"AuthorizedKeysFile {folder}/authorized\nPasswordAuthentication no\nStrictModes no\n"
        "PermitRootLogin yes\nSubsystem sftp internal-sftp\nMaxStartups 100\n",
        "utf-8",
    )
    (folder / "ssh_config").write_text(
        f"IdentityFile {folder}/key\nIdentitiesOnly yes\nUserKnownHostsFile {folder}/known\n"
        "GlobalKnownHostsFile /dev/null\nStrictHostKeyChecking yes\n",
        "utf-8",
    )
    programs = folder / "bin"
    programs.mkdir()
    real = subprocess.run(["which", "ssh"], capture_output=True, text=True, check=True).stdout
    (programs / "ssh").write_text(
        f'#!/bin/sh\nexec {real.strip()} -F {folder}/ssh_config "$@"\n', "utf-8"
    )
    (programs / "ssh").chmod(0o755)
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    log = (folder / "sshd.log").open("wb")
    server = subprocess.Popen(
        ["/usr/sbin/sshd", "-D", "-e", "-f", str(folder / "sshd_config")], stderr=log
    )
    try:
        _wait(port, server)
        yield port, programs
    finally:
        server.terminate()
        server.wait(10)
        log.close()
