"""Runs the handler of a Python lambda: asks the Runtime API for events, and answers them.

It does what the runtime of AWS does: names and values of the context, the log's format, the shape of
errors. It has no dependencies, and its own modules do not hide those of the lambda.
"""
import sys

sys.path.pop(0)  # this file's own folder

# Few modules, because each one makes the start longer: http.client, logging and traceback alone would take
# longer than all of it.
import importlib.machinery
import io
import json
import os
import site
import socket
import time

TASK = os.environ["LAMBDA_TASK_ROOT"]
API = "/2018-06-01/runtime/"


class Identity:
    __slots__ = ("cognito_identity_id", "cognito_identity_pool_id")

    def __init__(self):
        self.cognito_identity_id = self.cognito_identity_pool_id = None


class Client:
    def __init__(self, values):
        for name in ("installation_id", "app_title", "app_version_name", "app_version_code", "app_package_name"):
            setattr(self, name, values.get(name))


class ClientContext:
    def __init__(self, values):
        self.custom, self.env = values.get("custom"), values.get("env")
        self.client = Client(values["client"]) if values.get("client") else None


class Context:
    """What a handler gets as its second argument."""

    def __init__(self, headers):
        self.aws_request_id = headers["lambda-runtime-aws-request-id"]
        self.invoked_function_arn = headers["lambda-runtime-invoked-function-arn"]
        self._deadline = int(headers["lambda-runtime-deadline-ms"])
        client = json.loads(headers.get("lambda-runtime-client-context") or "null")
        self.client_context = ClientContext(client) if client else None
        self.identity = Identity()
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.tenant_id = None

    def get_remaining_time_in_millis(self):
        return max(self._deadline - int(time.time() * 1000), 0)

    def log(self, message):
        sys.stdout.write(str(message))


class Logging:
    """Gives the root logger Lambda's format as soon as something imports logging: [LEVEL] time, request and
    message, with tabs between them."""
    request = ""

    def find_spec(self, name, path=None, target=None):
        if name != "logging":
            return None
        sys.meta_path.remove(self)
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        load = spec.loader.exec_module

        def exec_module(module):
            load(module)
            self.set_up(module)
        spec.loader.exec_module = exec_module
        return spec

    def set_up(self, logging):
        own = self

        class Format(logging.Formatter):
            converter = time.gmtime

            def format(self, record):
                record.aws_request_id = own.request
                return super().format(record)
        handler = logging.StreamHandler(sys.stdout)
        handler.terminator = ""
        handler.setFormatter(Format("[%(levelname)s]\t%(asctime)s.%(msecs)dZ\t%(aws_request_id)s\t%(message)s\n",
                                    "%Y-%m-%dT%H:%M:%S"))
        logging.getLogger().addHandler(handler)


class Failed(Exception):
    """The handler cannot be found: the type of Lambda's error, and what it says."""

    def __init__(self, kind, message, trace=()):
        super().__init__(message)
        self.kind, self.trace = kind, list(trace)


def find_handler(name):
    module, dot, function = name.rpartition(".")
    if not dot:
        raise Failed("Runtime.MalformedHandlerName",
                     f"Bad handler '{name}': not enough values to unpack (expected 2, got 1)")
    module = module.replace("/", ".")
    try:
        found = importlib.import_module(module)
    except ImportError as error:
        raise Failed("Runtime.ImportModuleError", f"Unable to import module '{module}': {error}") from error
    except SyntaxError as error:
        trace = [f'  File "{(error.filename or "").replace(TASK, "/var/task")}" Line {error.lineno}\n    {(error.text or "").rstrip()}\n']
        raise Failed("Runtime.UserCodeSyntaxError", f"Syntax error in module '{module}': {error}", trace) from error
    if not hasattr(found, function):
        raise Failed("Runtime.HandlerNotFound", f"Handler '{function}' missing on module '{module}'")
    return getattr(found, function)


def error_json(kind, message, trace, request):
    return json.dumps({"errorMessage": message, "errorType": kind, "requestId": request, "stackTrace": trace})


def caught(error, request):
    """An exception of the handler, as JSON; its trace begins in the lambda's own code."""
    import traceback
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename != __file__ and not frame.filename.startswith("<frozen")]
    trace = [text.replace(f'"{TASK}/', '"/var/task/', 1) for text in traceback.format_list(own)]
    text = error_json(type(error).__name__, str(error), trace, request)
    lines = "".join(trace)
    print(f"[ERROR] {type(error).__name__}: {error}\nTraceback (most recent call last):\n{lines}", end="", flush=True)
    return text


class Api:
    """A connection to the Runtime API that stays open (HTTP/1.1, RFC 9112)."""

    def __init__(self):
        self.address = os.environ["AWS_LAMBDA_RUNTIME_API"]
        self.reader = None

    def connect(self):
        host, _, port = self.address.partition(":")
        self.connection = socket.create_connection((host, int(port)))
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.reader = self.connection.makefile("rb")

    def call(self, method, path, headers=(), body=b""):
        if not self.reader:
            self.connect()
        lines = [f"{method} {API}{path} HTTP/1.1", f"Host: {self.address}", f"Content-Length: {len(body)}", *headers]
        self.connection.sendall("\r\n".join([*lines, "", ""]).encode("latin-1") + body)
        self.reader.readline()
        answered = {}
        while line := self.reader.readline().strip():
            name, _, value = line.decode("latin-1").partition(":")
            answered[name.lower()] = value.strip()
        text = self.read_body(answered)
        if answered.get("connection", "").lower() == "close":
            self.reader = None
        return answered, text

    def read_body(self, headers):
        if headers.get("transfer-encoding", "").lower() != "chunked":
            return self.reader.read(int(headers.get("content-length", 0)))
        parts = []
        while size := int(self.reader.readline().partition(b";")[0], 16):
            parts.append(self.reader.read(size))
            self.reader.readline()
        while self.reader.readline().strip():
            pass
        return b"".join(parts)

    def next(self):
        return self.call("GET", "invocation/next")

    def post(self, path, text, kind=None):
        headers = ["Content-Type: application/json"]
        if kind:
            headers.append(f"Lambda-Runtime-Function-Error-Type: {kind}")
        self.call("POST", path, headers, text if isinstance(text, bytes) else text.encode())


def answer_of(value):
    """A value as JSON. A handler may return bytes, or a stream of them."""
    if isinstance(value, io.IOBase):
        value = value.read()
    return value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False)


def run_once(api, handler, log):
    headers, event = api.next()
    request = log.request = headers["lambda-runtime-aws-request-id"]
    os.environ["_X_AMZN_TRACE_ID"] = headers.get("lambda-runtime-trace-id", "")
    try:
        value = handler(json.loads(event), Context(headers))
    except Exception as error:
        return api.post(f"invocation/{request}/error", caught(error, request), type(error).__name__)
    finally:
        sys.stdout.flush()
    try:
        answer = answer_of(value)
    except Exception as error:
        text = error_json("Runtime.MarshalError", f"Unable to marshal response: {error}", [], request)
        print(f"[ERROR] Runtime.MarshalError: Unable to marshal response: {error}\nTraceback (most recent call last):",
              flush=True)
        return api.post(f"invocation/{request}/error", text, "Runtime.MarshalError")
    return api.post(f"invocation/{request}/response", answer)


class FromLambda:
    """Finds the modules that Lambda's runtime brings, in the packages of this interpreter. Others of its
    packages are not found (option -S): they are not in the zip, so the lambda would fail in AWS."""
    NAMES = {"boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six", "snapshot_restore_py"}

    def __init__(self):
        self.folders = site.getsitepackages()

    def find_spec(self, name, path=None, target=None):
        if path is not None or name not in self.NAMES:
            return None
        return importlib.machinery.PathFinder.find_spec(name, self.folders, target)


def warn_about_version():
    wanted = os.environ["AWS_EXECUTION_ENV"].rpartition("python")[2]
    here = f"{sys.version_info[0]}.{sys.version_info[1]}"
    if wanted != here:
        print(f"gordon: warning: Python {here} runs this lambda here, not {wanted}, which is not in PATH",
              file=sys.stderr, flush=True)


def main():
    warn_about_version()
    sys.stdout.reconfigure(line_buffering=True)  # what is printed is in the log, also if the lambda is killed
    sys.dont_write_bytecode = True  # the code cannot be written to
    site.setquit()
    sys.path.insert(0, TASK)
    sys.meta_path.append(FromLambda())
    log = Logging()
    if "logging" in sys.modules:
        log.set_up(sys.modules["logging"])
    else:
        sys.meta_path.insert(0, log)
    api = Api()
    try:
        handler = find_handler(os.environ["_HANDLER"])
    except Failed as failed:
        print(f"[ERROR] {failed.kind}: {failed}\nTraceback (most recent call last):\n{''.join(failed.trace)}", flush=True)
        api.post("init/error", error_json(failed.kind, str(failed), failed.trace, ""), failed.kind)
        sys.exit(1)
    except Exception as error:
        api.post("init/error", caught(error, ""), type(error).__name__)
        sys.exit(1)
    while True:
        run_once(api, handler, log)


main()
