"""A registry of npm packages on the loopback interface, for the real npm, pnpm and Yarn.

    with Registry({"ms@1.0.0": {"i.js": "..."}}) as registry: ... registry.url ... registry.asked ...

The value has the files of the package; "package.json" in it has additional keys of the manifest.
"""
import base64
import hashlib
import http.server
import io
import json
import tarfile
import threading
import urllib.parse


def packed(name, version, files):
    """The tarball of a package, and its manifest."""
    manifest = {"name": name, "version": version, "main": "i.js", **files.get("package.json", {})}
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as tar:
        for file, text in {**files, "package.json": json.dumps(manifest)}.items():
            data = text if isinstance(text, bytes) else text.encode()
            info = tarfile.TarInfo("package/" + file)
            info.size, info.mode = len(data), 0o644
            tar.addfile(info, io.BytesIO(data))
    return made.getvalue(), manifest


class Registry:
    def __init__(self, packages):
        self.tarballs, self.documents, self.asked = {}, {}, []
        self.packages = packages

    def __enter__(self):
        registry = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                path = urllib.parse.unquote(self.path).split("?")[0].lstrip("/")
                registry.asked.append(path)
                found = registry.tarballs.get(path)
                if found is None and path in registry.documents:
                    found = json.dumps(registry.documents[path]).encode()
                self.send_response(200 if found is not None else 404)
                body = found if found is not None else b"{}"
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        for name, files in self.packages.items():
            self.add(*name.rsplit("@", 1), files)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def add(self, name, version, files):
        data, manifest = packed(name, version, files)
        path = f"{name}/-/{name.rsplit('/')[-1]}-{version}.tgz"
        self.tarballs[path] = data
        document = self.documents.setdefault(name, {"name": name, "versions": {}, "dist-tags": {},
                                                    "time": {}})
        document["time"][version] = "2020-01-01T00:00:00.000Z"  # some tools take no new ones
        document["dist-tags"]["latest"] = version
        document["versions"][version] = {**manifest, "_id": f"{name}@{version}", "dist": {
            "tarball": self.url + path, "shasum": hashlib.sha1(data).hexdigest(),
            "integrity": "sha512-" + base64.b64encode(hashlib.sha512(data).digest()).decode()}}
