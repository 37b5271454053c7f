"""What the made-up `aws` of fake.c answers: that of tests/apply/world.py, which keeps its state in a file,
and a few calls more. All calls are answered by one process, because Python takes too long to start.
"""
import io
import json
import os
import re
import socket
import sys

import world


def list_stack_resources(state, given, plan):
    body = json.loads(state.stack(given["stack-name"])["_body"])
    return {"StackResourceSummaries": [{"LogicalResourceId": name, "PhysicalResourceId": f"own-{name}",
                                        "ResourceType": resource["Type"]}
                                       for name, resource in body["Resources"].items()]}


def get_alias(state, given, plan):
    return {"FunctionVersion": state.get("alias", "2")}


def update_alias(state, given, plan):
    state["alias"] = given["input"]["FunctionVersion"]
    return {"FunctionVersion": state["alias"]}


def list_versions_by_function(state, given, plan):
    return {"Versions": [{"Version": version} for version in ("$LATEST", "1", "2")]}


def get_parameter(state, given, plan):
    return {"Parameter": {"Value": "a value of SSM"}}


def list_streams(state, given, plan):
    return {"StreamNames": ["some-stream", "another-stream"]}


def get_caller_identity(state, given, plan):
    return {"Account": "123456789012"}


def invoke(state, given, plan):
    return {"StatusCode": 200, "ExecutedVersion": "2"}


def filter_log_events(state, given, plan):
    return {"events": [{"logStreamName": "one", "timestamp": 1000 + i, "message": f"line {i}\n", "eventId": str(i),
                        "ingestionTime": 1000} for i in range(3)]}


OWN = {function.__name__: function for function in (
    list_stack_resources, get_alias, update_alias, list_versions_by_function, get_parameter, list_streams, get_caller_identity,
    invoke, filter_log_events)}


def answer(path, words, text):
    """Returns the exit status, the output and the error message of a call."""
    sys.stdin = io.StringIO(text)
    given = world.parse(words)
    state = world.State(path)
    try:
        name = given["words"][1].replace("-", "_")
        result = (OWN.get(name) or getattr(world, name))(state, given, {})
        said = "", "" if result is None else json.dumps(result)
    except world.Failure as failure:
        said = str(failure) + "\n", ""
    state.save()
    state.lock.close()
    payload = '{"answer": 1}' if given["words"][1] == "invoke" else ""
    return (255 if said[0] else 0), payload + said[1], said[0]


def receive(stream):
    return stream.read(int(stream.readline())).decode()


def serve(listener, path):
    while True:
        connection = listener.accept()[0]
        with connection, connection.makefile("rb") as asked, connection.makefile("wb") as told:
            try:
                words = [receive(asked) for _ in range(int(asked.readline()) - 1)]
                status, *texts = answer(path, words, receive(asked))
                told.write(b"%d\n" % status)
                for text in texts:
                    told.write(b"%d\n%s" % (len(text.encode()), text.encode()))
                told.flush()
            except (OSError, ValueError):  # gordon has ended, and with it the call
                continue


def start(name, path):
    """Serves the socket `name` with the state in the file `path`, in a process of its own."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(name)
    listener.listen(16)
    pid = os.fork()
    if pid == 0:
        try:
            serve(listener, path)
        finally:
            os._exit(1)
    listener.close()
    return pid


def effect(path):
    """What the calls have changed so far, without what differs each time: tokens, numbers, digests of them."""
    if not os.path.exists(path):
        return None
    state = world.State(path)
    state.lock.close()
    latest = {f"{name}/{entry['Key']}": entry["_content"] for name, entries in state["objects"].items()
              for entry in entries if entry["IsLatest"]}
    content = {entry["VersionId"]: entry["_content"] for entries in state["objects"].values() for entry in entries}
    stacks = {stack["StackName"]: [stack["StackStatus"], stack["_body"], sorted(
        (p["ParameterKey"], content.get(p["ParameterValue"], p["ParameterValue"]))
        for p in stack.get("_given", []) if not re.search("Digest", p["ParameterKey"]))]
        for stack in state["stacks"].values() if stack["StackStatus"] != "DELETE_COMPLETE"}
    return {"stacks": stacks, "objects": latest, "alias": state.get("alias"),
            "change sets": sorted(made["StackName"] for made in state["sets"].values())}
