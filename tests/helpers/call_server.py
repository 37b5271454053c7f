"""A server for programs of tests that are called often: it has Python and the modules loaded, and forks
for each call. The program that is called is aws_client.c, which sends its arguments, environment, folder
and standard files. If that program is killed, the server kills the call.
"""
import array
import os
import select
import signal
import socket
import sys


class Request:
    """`parent` is the process that called, `program` the path that it called."""

    def __init__(self, data):
        parent, program, folder, count, *texts = (os.fsdecode(t) for t in data.split(b"\0")[:-1])
        self.parent, self.program, self.folder = int(parent), program, folder
        self.arguments = texts[:int(count)]
        self.environment = dict(text.split("=", 1) for text in texts[int(count):] if "=" in text)


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
    return list(files), Request(data)


def run(call, files, request):
    """Runs one call in its own process. Never returns."""
    status = 255
    try:
        os.setpgid(0, 0)
        for number in signal.SIGTERM, signal.SIGINT, signal.SIGPIPE:
            signal.signal(number, signal.SIG_DFL)
        for standard, file in enumerate(files):
            os.dup2(file, standard)
            os.close(file)
        os.chdir(request.folder)
        os.environ.clear()
        os.environ.update(request.environment)
        sys.argv = [request.program, *request.arguments]
        status = call(request)
        sys.stdout.flush()
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1 if end.code else 0
        if end.code and not isinstance(end.code, int):
            print(end.code, file=sys.stderr)
        sys.stdout.flush()
    except BaseException:  # this process must not go on in the server's loop
        sys.excepthook(*sys.exc_info())
        status = 1
    finally:
        os._exit(status or 0)


class Server:
    """Serves `call`, a function that gets a Request and returns an exit status, at a socket."""

    def __init__(self, path, call):
        self.call = call
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen(64)
        self.poll = select.poll()
        self.poll.register(self.listener, select.POLLIN)
        self.poll.register(sys.stdin, select.POLLIN)
        self.running = {}  # by each of its files: process, connection, pipe that ends with the process

    def begin(self):
        connection, _ = self.listener.accept()
        try:
            files, request = receive(connection)
        except (EOFError, OSError, ValueError):  # the client was killed
            connection.close()
            return
        ended, ends = os.pipe()
        pid = os.fork()
        if pid == 0:
            # The files of other calls stay closed to this one.
            for other in {id(r): r for r in self.running.values()}.values():
                other[1].close()
                os.close(other[2])
            os.close(ended)
            connection.close()
            self.listener.close()
            run(self.call, files, request)
        os.close(ends)
        for file in files:
            os.close(file)
        self.running[ended] = self.running[connection.fileno()] = (pid, connection, ended)
        self.poll.register(ended, select.POLLIN)
        self.poll.register(connection, select.POLLIN)

    def end(self, pid, connection, ended):
        _, status = os.waitpid(pid, 0)
        try:
            connection.sendall(b"%d" % os.waitstatus_to_exitcode(status))  # -9: by signal 9
        except OSError:  # the client has ended
            pass
        for file in ended, connection.fileno():
            self.poll.unregister(file)
            del self.running[file]
        os.close(ended)
        connection.close()

    def serve(self):
        """Serves until standard input ends."""
        print("ready", flush=True)
        while True:
            ready = [file for file, _ in self.poll.poll()]
            if sys.stdin.fileno() in ready:
                return
            for file in ready:
                if file in self.running:
                    pid, connection, ended = self.running[file]
                    if file != ended:  # the client has ended
                        os.kill(pid, signal.SIGKILL)
                    self.end(pid, connection, ended)
            if self.listener.fileno() in ready:  # last, because its files get numbers of closed ones
                self.begin()
