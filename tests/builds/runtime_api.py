"""A substitute for Lambda's Runtime API."""
import http.server
import json
import queue
import threading


class RuntimeApi:
    """A server that sends events one by one, and keeps the answers."""

    def __init__(self, events):
        self.events = list(enumerate(events))
        self.answers = queue.Queue()
        self.may_end = threading.Event()  # the program waits for the next event until this is set
        self.may_end.set()
        api = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_GET(self):
                assert self.path == "/2018-06-01/runtime/invocation/next", self.path
                if not api.events:
                    api.may_end.wait(60)
                    api.answers.put(None)
                    return  # the program then ends
                number, event = api.events.pop(0)
                body = json.dumps(event).encode()
                self.send_response(200)
                self.send_header("Lambda-Runtime-Aws-Request-Id", f"id-{number}")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                api.answers.put((self.path, self.headers, json.loads(body)))
                self.send_response(202)
                self.end_headers()

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def address(self):
        return f"127.0.0.1:{self.server.server_port}"

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
