"""Runs calls of the AWS CLI without the load of the CLI, which takes most of the time of a call: one
process has Python and the modules of the CLI loaded, and forks for each call.

usage: aws_server.py SOCKET     serves until its standard input ends

The program `aws` of the virtual environment (aws_client.py) connects to the socket that
GORDON_TEST_AWS names, and sends its arguments, environment, working directory and standard files. If
that program is killed, the server kills the call.
"""
import array
import gc
import json
import os
import select
import signal
import socket
import sys

import awscli.clidriver
import awscli.customizations.assumerole
import awscli.handlers  # noqa: F401  else each call imports it
import botocore.session

OWN = {"AWS_DATA_PATH": os.environ["AWS_DATA_PATH"]}  # set by the CLI when it is loaded
SERVICES = "cloudformation", "lambda", "s3"  # of most calls


def load_models():
    """Loads the models of SERVICES. All calls use this loader of models, whose data they do not change."""
    session = botocore.session.Session()
    loader = session.get_component("data_loader")
    botocore.session.create_loader = lambda path=None: loader
    session.get_available_services()
    for service in SERVICES:
        session.create_client(service, region_name="us-east-1", aws_access_key_id="none",
                              aws_secret_access_key="none")
    gc.freeze()  # a collection in a call would copy the memory


def receive(connection):
    """Returns the standard files and the request of a client."""
    files = array.array("i")
    data, extra, _, _ = connection.recvmsg(65536, socket.CMSG_LEN(3 * files.itemsize))
    for level, kind, payload in extra:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            files.frombytes(payload[:len(payload) - len(payload) % files.itemsize])
    length, _, data = data.partition(b"\n")
    while len(data) < int(length):
        more = connection.recv(1 << 20)
        if not more:
            raise EOFError
        data += more
    return list(files), json.loads(data)


def call(files, request):
    """Runs one call in its own process. Never returns."""
    status = 255
    try:
        for standard, file in enumerate(files):
            os.dup2(file, standard)
        os.chdir(request["folder"])
        os.environ.clear()
        os.environ.update({**OWN, **request["environment"]})
        # derived from HOME when it is imported
        awscli.customizations.assumerole.CACHE_DIR = os.path.expanduser("~/.aws/cli/cache")
        sys.argv = ["aws", *request["arguments"]]
        status = awscli.clidriver.main()
        sys.stdout.flush()
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    except BaseException:  # this process must not go on in the server's loop
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(status or 0)


def serve(connection):
    """Serves one client in its own process: runs the call and sends its exit status. Kills the call if
    the client ends first."""
    files, request = receive(connection)
    ended, ends = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(ended)
        os.setpgid(0, 0)
        for number in signal.SIGTERM, signal.SIGINT, signal.SIGPIPE:
            signal.signal(number, signal.SIG_DFL)
        connection.close()
        call(files, request)
    os.close(ends)
    for file in files:
        os.close(file)
    readable, _, _ = select.select([ended, connection], [], [])
    if connection in readable:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    _, status = os.waitpid(pid, 0)
    try:
        connection.sendall(b"%d" % (os.WEXITSTATUS(status) if os.WIFEXITED(status) else 255))
    except OSError:  # the client has ended
        pass
    os._exit(0)


def main():
    load_models()
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(sys.argv[1])
    listener.listen(64)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    print("ready", flush=True)
    while True:
        readable, _, _ = select.select([listener, sys.stdin], [], [])
        if sys.stdin in readable:
            return
        connection, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            serve(connection)
        connection.close()


if __name__ == "__main__":
    main()
