"""A fake `aws` that answers like AWS, with its state in one JSON file. It is fast, so that tests can fail
or kill each of its calls, and can start from any state. Nothing depends on time: each read of a stack
moves its operation one step forward.

The file <state>.plan says what goes wrong: see World.plan. `World` is for tests, `main` is the program.
A server (call_server.py) runs its calls, if GORDON_TEST_CLIENT names the program that asks it.
"""
import atexit
import binascii
import fcntl
import functools
import hashlib
import json
import os
import resource
import signal  # for the `python` of plans
import sys
import time

HELPERS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "helpers")
ARN = "arn:aws:cloudformation:us-east-1:1:"


class Failure(Exception):
    def __init__(self, operation, text, code="ValidationError"):
        super().__init__(f"\nAn error occurred ({code}) when calling the {operation} operation: {text}")


# --- the state --------------------------------------------------------------------------------------


class State(dict):
    def __init__(self, path):
        self.path = path
        self.lock = open(path + ".lock", "w")
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        super().__init__({"stacks": {}, "sets": {}, "events": {}, "objects": {}, "calls": [], "n": 0})
        if os.path.exists(path):
            with open(path) as text:
                self.update(json.load(text))

    def save(self):
        with open(self.path + ".new", "w") as out:
            json.dump(self, out)
        os.rename(self.path + ".new", self.path)

    def number(self):
        self["n"] += 1
        return self["n"]

    def stack(self, name, operation="DescribeStacks"):
        """Returns a stack by name or ARN. A deleted stack has only its ARN."""
        for stack in self["stacks"].values():
            if stack["StackId"] == name or (stack["StackName"] == name and
                                            stack["StackStatus"] != "DELETE_COMPLETE"):
                return stack
        raise Failure(operation, f"Stack with id {name} does not exist")

    def event(self, stack, status, token, resource=None, reason=""):
        event = {"EventId": str(self.number()), "LogicalResourceId": resource or stack["StackName"],
                 "ResourceType": "AWS::X::Y" if resource else "AWS::CloudFormation::Stack",
                 "ResourceStatus": status, "ResourceStatusReason": reason,
                 "Timestamp": "2026-11-24T00:00:00.000Z"}
        if token:
            event["ClientRequestToken"] = token
        self["events"].setdefault(stack["StackId"], []).insert(0, event)

    def begin(self, stack, kind, token, looks):
        stack["StackStatus"] = f"{kind}_IN_PROGRESS"
        stack["_goes"] = {"kind": kind, "left": looks, "token": token}
        self.event(stack, f"{kind}_IN_PROGRESS", token)

    def step(self):
        """Moves all operations one step forward."""
        for stack in self["stacks"].values():
            goes = stack.get("_goes")
            if goes and goes["left"] <= 0:
                self.end(stack, goes)
            elif goes:
                goes["left"] -= 1

    def end(self, stack, goes):
        del stack["_goes"]
        bucket = {o["OutputKey"]: o["OutputValue"] for o in stack["Outputs"]}.get("CodeBucket")
        failed = goes["kind"] == "DELETE" and self["objects"].get(bucket)
        stack["StackStatus"] = f"{goes['kind']}_{'FAILED' if failed else 'COMPLETE'}"
        self.event(stack, stack["StackStatus"], goes["token"])
        if goes["kind"] == "DELETE" and not failed:
            self["objects"].pop(bucket, None)


def new_stack(state, name, status):
    stack = {"StackName": name, "StackId": f"{ARN}stack/{name}/{state.number()}",
             "StackStatus": status, "CreationTime": "2026-11-24T00:00:00.000Z", "Parameters": [],
             "Outputs": [], "EnableTerminationProtection": False, "_body": None}
    state["stacks"][stack["StackId"]] = stack
    return stack


# --- operations -------------------------------------------------------------------------------------


def shown(stack):
    return {key: value for key, value in stack.items() if not key.startswith("_")}


def describe_stacks(state, given, plan):
    state.step()
    if "stack-name" in given:
        stack = state.stack(given["stack-name"])
        if stack.get("_stale", 0) > 0:  # this read of AWS is stale
            stack["_stale"] -= 1
            return {"Stacks": [{**shown(stack), "StackStatus": stack["_was"]}]}
        return {"Stacks": [shown(stack)]}
    return {"Stacks": [shown(s) for s in state["stacks"].values()
                       if s["StackStatus"] != "DELETE_COMPLETE"]}


def describe_stack_events(state, given, plan):
    stack = state.stack(given["stack-name"], "DescribeStackEvents")
    return {"StackEvents": state["events"].get(stack["StackId"], [])}


def refuse_moving(stack, operation):
    if stack["StackStatus"].endswith("_IN_PROGRESS") and stack["StackStatus"] != "REVIEW_IN_PROGRESS":
        raise Failure(operation, f"Stack:{stack['StackId']} is in {stack['StackStatus']} state and "
                      "can not be updated.")


def what_counts(body, parameters):
    """Returns the parts that AWS compares: resources, outputs, and values of their parameters."""
    template = json.loads(body) if body else {}
    used = {key: template.get(key, {}) for key in ("Resources", "Outputs")}
    text = json.dumps(used, sort_keys=True)
    return text, sorted((p["ParameterKey"], p["ParameterValue"]) for p in parameters
                        if json.dumps({"Ref": p["ParameterKey"]}) in text)


def as_described(parameters, body):
    """Masks the values of NoEcho parameters."""
    declared = json.loads(body).get("Parameters", {}) if body else {}
    return [{**p, "ParameterValue": "****"} if declared.get(p["ParameterKey"], {}).get("NoEcho") else p
            for p in parameters]


def template_of(state, request):
    """The template of a request, or the one in the bucket that it names."""
    if "TemplateURL" not in request:
        return request.get("TemplateBody")
    name, key = request["TemplateURL"].split("/", 4)[3:]
    content, = [o["_content"] for o in bucket(state, name, "GetObject") if o["Key"] == key and o["IsLatest"]]
    return binascii.unhexlify(content).decode()


def create_change_set(state, given, plan):
    request = given["input"]
    name, create = request["StackName"], request["ChangeSetType"] == "CREATE"
    try:
        stack = state.stack(name)
    except Failure:
        if not create:
            raise
        stack = new_stack(state, name, "REVIEW_IN_PROGRESS")
        state.event(stack, "REVIEW_IN_PROGRESS", None)
    if create and stack["StackStatus"] != "REVIEW_IN_PROGRESS":
        raise Failure("CreateChangeSet", f"Stack [{name}] already exists and cannot be created again "
                      f"with the changeSet [{request['ChangeSetName']}].")
    refuse_moving(stack, "CreateChangeSet")
    body = template_of(state, request)
    same = what_counts(body, request["Parameters"]) == what_counts(stack["_body"], stack.get("_given", []))
    made = {"ChangeSetName": request["ChangeSetName"], "StackName": name, "_stack": stack["StackId"],
            "ChangeSetId": f"{ARN}changeSet/{request['ChangeSetName']}/{state.number()}",
            "Status": "FAILED" if same else "CREATE_COMPLETE",
            "StatusReason": "The submitted information didn't contain changes." if same else "",
            "ExecutionStatus": "UNAVAILABLE" if same else "AVAILABLE", "Changes": [],
            "_request": request}
    state["sets"][made["ChangeSetId"]] = made
    return {"Id": made["ChangeSetId"], "StackId": stack["StackId"]}


def find_set(state, given, operation):
    stack = state.stack(given["stack-name"], operation)
    for made in state["sets"].values():
        if made["_stack"] == stack["StackId"] and made["ChangeSetName"] == given["change-set-name"]:
            return stack, made
    raise Failure(operation, f"ChangeSet [{given['change-set-name']}] does not exist",
                  "ChangeSetNotFound")


def describe_change_set(state, given, plan):
    stack, made = find_set(state, given, "DescribeChangeSet")
    return {**shown(made), "StackId": stack["StackId"], "StackName": stack["StackName"]}


def execute_change_set(state, given, plan):
    stack, made = find_set(state, given, "ExecuteChangeSet")
    if made["ExecutionStatus"] != "AVAILABLE":
        raise Failure("ExecuteChangeSet", f"ChangeSet [{made['ChangeSetId']}] cannot be executed in "
                      f"its current execution status of [{made['ExecutionStatus']}]",
                      "InvalidChangeSetStatus")
    refuse_moving(stack, "ExecuteChangeSet")
    request = made["_request"]
    stack["_was"], stack["_stale"] = stack["StackStatus"], plan.get("stale", 0)
    create = stack["StackStatus"] == "REVIEW_IN_PROGRESS"
    stack["_given"], stack["_body"] = request["Parameters"], template_of(state, request)
    stack["Parameters"] = as_described(request["Parameters"], stack["_body"])
    stack["ChangeSetId"] = made["ChangeSetId"]
    if stack["StackName"].endswith("-p"):
        stack["Outputs"] = [{"OutputKey": "CodeBucket", "OutputValue": "bucket"}]
        state["objects"].setdefault("bucket", [])
    state.begin(stack, "CREATE" if create else "UPDATE", given.get("client-request-token"),
                plan.get("looks", 0))
    for id in [i for i, s in state["sets"].items() if s["_stack"] == stack["StackId"]]:
        del state["sets"][id]
    return None


def delete_change_set(state, given, plan):
    stack = state.stack(given["stack-name"], "DeleteChangeSet")
    for id, made in list(state["sets"].items()):
        if made["_stack"] == stack["StackId"] and made["ChangeSetName"] == given["change-set-name"]:
            del state["sets"][id]
    return None


def delete_stack(state, given, plan):
    try:
        stack = state.stack(given["stack-name"])
    except Failure:
        return None
    if stack["EnableTerminationProtection"]:
        raise Failure("DeleteStack", f"Stack [{stack['StackName']}] cannot be deleted while "
                      "TerminationProtection is enabled")
    if "_goes" not in stack and stack["StackStatus"] != "DELETE_COMPLETE":
        state.begin(stack, "DELETE", given.get("client-request-token"), plan.get("looks", 0))
        for id in [i for i, s in state["sets"].items() if s["_stack"] == stack["StackId"]]:
            del state["sets"][id]
    return None


def get_template(state, given, plan):
    stack = state.stack(given["input"]["StackName"], "GetTemplate")
    return {"TemplateBody": json.loads(stack.get("_body") or '{"Resources": {}}')}


def bucket(state, name, operation):
    if name not in state["objects"]:
        raise Failure(operation, "The specified bucket does not exist", "NoSuchBucket")
    return state["objects"][name]


def put(objects, key, content, state):
    for entry in objects:
        entry["IsLatest"] = entry["IsLatest"] and entry["Key"] != key
    objects.append({"Key": key, "VersionId": f"v{state.number()}", "IsLatest": True,
                    "Size": len(content), "ETag": f'"{hashlib.md5(content).hexdigest()}"',
                    "_content": binascii.hexlify(content).decode()})


def download(objects, folder):
    for entry in objects:
        path = os.path.join(folder, entry["Key"])
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as out:
            out.write(binascii.unhexlify(entry["_content"]))


def cp(state, given, plan):
    folder, name = given["words"][2:]
    if folder.startswith("s3://"):
        return download(bucket(state, folder.split("/")[2], "GetObject"), name)
    objects = bucket(state, name.split("/")[2], "PutObject")
    for at, _, files in os.walk(folder):
        for file in sorted(files):
            path = os.path.join(at, file)
            with open(path, "rb") as content:
                put(objects, os.path.relpath(path, folder), content.read(), state)
    return None


def list_object_versions(state, given, plan):
    objects = bucket(state, given["bucket"], "ListObjectVersions")
    return {"Versions": [shown(o) for o in objects]} if objects else None


def delete_objects(state, given, plan):
    gone = {(o["Key"], o["VersionId"]) for o in given["input"]["Objects"]}
    objects = bucket(state, given["bucket"], "DeleteObjects")
    objects[:] = [o for o in objects if (o["Key"], o["VersionId"]) not in gone]
    return None


# --- the program ------------------------------------------------------------------------------------


def parse(words):
    """Returns the options, the words, and the JSON of standard input."""
    given = {"words": []}
    words = list(words)
    while words:
        word = words.pop(0)
        if word in ("--recursive", "--only-show-errors"):
            continue
        if word.startswith("--") and "=" in word:
            continue
        if word.startswith("--"):
            given[word[2:]] = words.pop(0)
        else:
            given["words"].append(word)
    if "file:///dev/stdin" in given.values():
        given["input"] = json.load(sys.stdin)
    return given


def hurt(path, plan, when, gordon):
    """Sends the plan's signal to the process `gordon`, or runs its Python code, if the plan is for this
    moment."""
    if plan.get("when") != when:
        return
    if "signal" in plan:
        os.kill(gordon, plan["signal"])
        if when != "after":
            time.sleep(0.5)  # gordon ends this process, or waits for it
    if "python" in plan:
        exec(plan["python"], {**globals(), "path": path, "gordon": gordon})  # from a test


def main(path, gordon=None):
    """Runs one call of the process `gordon`, or of this one's parent."""
    gordon = gordon or os.getppid()
    if os.path.exists(path + ".first"):
        with open(path + ".first") as text:
            exec(text.read(), {"world": sys.modules[__name__]})  # from a test
    most = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))  # a low limit is for gordon only
    given = parse(sys.argv[1:])
    state = State(path)  # its lock is for the plan too, because calls run in parallel
    plan = {}
    if os.path.exists(path + ".plan"):
        with open(path + ".plan") as text:
            plan = json.load(text)
    state["calls"].append(given["words"][1])
    matches = plan.get("at") == len(state["calls"]) or plan.get("call") == given["words"][1]
    moment = plan if matches else {}
    if matches and plan.get("once", True):
        with open(path + ".plan", "w") as out:
            json.dump({k: plan[k] for k in ("looks", "stale") if k in plan}, out)
    state.save()
    if moment.get("when") == "before":
        state.lock.close()
        hurt(path, moment, "before", gordon)
        state = State(path)
    try:
        answer = globals()[given["words"][1].replace("-", "_")](state, given, plan)
    except Failure as failure:
        state.save()
        sys.exit(str(failure))
    state.save()
    state.lock.close()
    hurt(path, moment, "during", gordon)
    if answer is not None:
        print(json.dumps(answer), flush=True)
    hurt(path, moment, "after", gordon)


# --- the server -------------------------------------------------------------------------------------


def serve(path):
    """Serves the calls of all worlds of a test at this socket. A world's state is beside its program."""
    from call_server import Server  # not at the top, because the program starts faster without it

    def call(request):
        return main(os.path.join(os.path.dirname(request.program), "state"), request.parent)
    Server(path, call).serve()


@functools.cache
def server():
    """Returns the socket of a server that ends with this process."""
    import subprocess
    import tempfile
    folder = tempfile.TemporaryDirectory(prefix="gordon-world-")
    atexit.register(folder.cleanup)
    path = os.path.join(folder.name, "calls")
    running = subprocess.Popen([sys.executable, "-ISB", "-c", program("serve", path)],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
    atexit.register(running.communicate)  # it ends when its standard input ends
    running.stdout.readline()
    return path


def program(function, path):
    """Returns a Python program that calls `serve` or `main`."""
    return (f"import sys\nsys.path[:0] = {[os.path.dirname(os.path.abspath(__file__)), HELPERS]!r}\n"
            f"import world\nworld.{function}({path!r})\n")


# --- for tests --------------------------------------------------------------------------------------


class World:
    def __init__(self, folder, first=""):
        """Each call runs the Python code `first`, which can change the module `world`."""
        self.path = os.path.join(folder, "state")
        self.program = os.path.join(folder, "aws")
        os.makedirs(folder, exist_ok=True)
        if first:
            with open(self.path + ".first", "w") as out:
                out.write(first)
        if "GORDON_TEST_CLIENT" in os.environ:
            for path, target in (self.program, os.environ["GORDON_TEST_CLIENT"]), (
                    self.program + ".calls", server()):
                if not os.path.islink(path):
                    os.symlink(target, path)
        else:
            self.without_server()

    def without_server(self):
        """From now on each call is a process that Gordon starts, and not only its client. So it gets the
        signals of Gordon."""
        if os.path.islink(self.program):
            os.unlink(self.program)
        with open(self.program, "w") as out:
            out.write(f"#!{sys.executable} -ISB\n{program('main', self.path)}")
        os.chmod(self.program, 0o755)

    def plan(self, **plan):
        """Plans a failure at call number `at` (the next call is 1), or at the first `call` of an
        operation: `when` is before, during or after the effect of the call; gordon gets `signal`, or
        the code `python` runs. For all calls: an operation ends after `looks` reads, and the state of
        a stack is `stale` for so many reads."""
        self.edit(lambda state: state["calls"].clear())
        with open(self.path + ".plan", "w") as out:
            json.dump(plan, out)

    def read(self):
        state = State(self.path)
        state.lock.close()
        return state

    def edit(self, change):
        state = State(self.path)
        change(state)
        state.save()
        state.lock.close()

    def keep(self):
        """Returns a function that restores the current state."""
        import shutil  # not at the top, because the program starts faster without it
        shutil.copy(self.path, self.path + ".kept")
        return lambda: shutil.copy(self.path + ".kept", self.path)

    def stack(self, name):
        return self.read().stack(name)

    def statuses(self):
        return {s["StackName"]: s["StackStatus"] for s in self.read()["stacks"].values()
                if s["StackStatus"] != "DELETE_COMPLETE"}
