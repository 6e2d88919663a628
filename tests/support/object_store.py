#!/usr/bin/python3
"""An S3-compatible object store for tests: OpenStack Swift with its s3api, all four servers in one process, on one
loopback port, below one directory. Signatures are verified, parts are 5 MiB at least, what is there outlives a restart.
It listens once the bucket is there. Objects whose name has the text of the file DIR/refused in it cannot be written.

object_store.py DIR PORT BUCKET ACCESS_KEY SECRET_KEY     (an access key is ACCOUNT:USER)
"""
import logging
import os
import sys
import time

import eventlet

eventlet.monkey_patch()

from eventlet import wsgi  # noqa: E402
from swift.common import utils  # noqa: E402

DIR, PORT, BUCKET, ACCESS_KEY, SECRET_KEY = sys.argv[1], int(sys.argv[2]), *sys.argv[3:6]
SERVERS = ("account", "container", "object")

with open(f"{DIR}/swift.conf", "w", encoding="ascii") as f:
    f.write("[swift-hash]\nswift_hash_path_suffix = parley\n[storage-policy:0]\nname = one\ndefault = yes\n")
utils.set_swift_dir(DIR)

from swift.account.server import AccountController  # noqa: E402
from swift.common.ring import RingBuilder  # noqa: E402
from swift.common.storage_policy import reload_storage_policies  # noqa: E402
from swift.common.swob import Request  # noqa: E402
from swift.common.wsgi import loadapp  # noqa: E402
from swift.container.server import ContainerController  # noqa: E402
from swift.obj.server import ObjectController  # noqa: E402

PROXY = f"""
[DEFAULT]
swift_dir = {DIR}
[pipeline:main]
pipeline = catch_errors cache s3api tempauth slo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:cache]
paste.filter_factory = object_store:memory_factory
[filter:s3api]
use = egg:swift#s3api
[filter:slo]
use = egg:swift#slo
[filter:tempauth]
use = egg:swift#tempauth
user_{ACCESS_KEY.replace(":", "_")} = {SECRET_KEY} .admin
"""


class Memory:
    """What memcached would be."""

    def __init__(self):
        self.rows = {}

    def get(self, key, raise_on_error=False):
        value, ends = self.rows.get(key, (None, 0))
        return value if ends == 0 or ends > time.time() else None

    def set(self, key, value, time=0, **_):
        import time as clock

        self.rows[key] = (value, clock.time() + time if time else 0)

    def incr(self, key, delta=1, time=0, **_):
        value = int(self.get(key) or 0) + delta
        self.set(key, value, time)
        return value

    def delete(self, key, **_):
        self.rows.pop(key, None)


def memory_factory(_global_conf, **_conf):
    memory = Memory()

    def make(app):
        def call(env, start_response):
            env["swift.cache"] = memory
            return app(env, start_response)

        return call

    return make


def listen(port=0):
    return eventlet.listen(("127.0.0.1", port), reuse_addr=True)


def start_backends(pool, logger):
    conf = {"devices": f"{DIR}/devices", "mount_check": "false", "swift_dir": DIR, "bind_ip": "127.0.0.1"}
    os.makedirs(f"{DIR}/devices/one", exist_ok=True)
    for name, make in zip(SERVERS, (AccountController, ContainerController, ObjectController)):
        sock = listen()
        ring = RingBuilder(1, 1, 0)
        ring.add_dev({"id": 0, "region": 1, "zone": 1, "weight": 1.0, "ip": "127.0.0.1",
                      "port": sock.getsockname()[1], "device": "one"})
        ring.rebalance()
        ring.get_ring().save(f"{DIR}/{name}.ring.gz")
        pool.spawn(wsgi.server, sock, make(conf), log=logger, log_output=False)


def refusing(app):
    def call(env, start_response):
        path = f"{DIR}/refused"
        text = open(path, encoding="ascii").read() if os.path.exists(path) else ""
        if not text or text not in env["PATH_INFO"] or env["REQUEST_METHOD"] not in ("PUT", "POST"):
            return app(env, start_response)
        start_response("400 Bad Request", [("Content-Type", "application/xml")])
        return [b"<Error><Code>InvalidArgument</Code><Message>not this one</Message></Error>"]

    return call


def make_bucket(app):
    account = ACCESS_KEY.split(":", maxsplit=1)[0]
    answer = Request.blank(f"/v1/AUTH_{account}/{BUCKET}", environ={"REQUEST_METHOD": "PUT",
                                                                 "swift.authorize_override": True}).get_response(app)
    if not answer.is_success:
        sys.exit(f"no bucket: {answer.status} {answer.body}")


def main():
    sys.modules["object_store"] = sys.modules["__main__"]
    logger = logging.getLogger("store")
    start_backends(eventlet.GreenPool(), logger)
    reload_storage_policies()
    with open(f"{DIR}/proxy.conf", "w", encoding="ascii") as f:
        f.write(PROXY)
    app = loadapp(f"{DIR}/proxy.conf")
    make_bucket(app)
    wsgi.server(listen(PORT), refusing(app), log=logger, log_output=False)


main()
