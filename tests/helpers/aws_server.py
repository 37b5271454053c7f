"""Runs calls of the AWS CLI without the load of the CLI, which takes most of the time of a call.

usage: aws_server.py SOCKET     serves until its standard input ends (call_server.py)

The program `aws` of the virtual environment (aws_client.c) connects to the socket that GORDON_TEST_AWS
names.
"""
import gc
import os
import sys

import awscli.botocore.session
import awscli.clidriver
import awscli.customizations.assumerole
import awscli.handlers  # noqa: F401  else each call imports it

from call_server import Server

OWN = {"AWS_DATA_PATH": os.environ["AWS_DATA_PATH"]}  # set by the CLI when it is loaded
# Of a call without the user's files, which the prepared driver is for.
WITHOUT_FILES = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
                 "AWS_PROFILE": None, "AWS_DEFAULT_PROFILE": None}
# Commands of most calls, each with an operation.
PREPARED = {"cloudformation": "describe-stacks", "lambda": "list-functions", "s3api": "list-buckets",
            "logs": "describe-log-groups", "sts": "get-caller-identity"}
KEYS = {"aws_access_key_id": "none", "aws_secret_access_key": "none", "region_name": "us-east-1"}


def prepare():
    """Returns a driver of the CLI for calls without the user's files. Models and tables of commands are
    loaded before the first call, because calls do not change them."""
    os.environ.update((name, value) for name, value in WITHOUT_FILES.items() if value)
    loader = awscli.botocore.session.Session().get_component("data_loader")
    awscli.botocore.session.create_loader = lambda path=None: loader
    driver = awscli.clidriver.create_clidriver()
    for command, operation in PREPARED.items():
        table = driver._get_command_table()[command]._get_command_table()
        table[operation].arg_table
        driver.session.create_client({"s3api": "s3"}.get(command, command), **KEYS)
    gc.freeze()  # a collection in a call would copy the memory
    return driver


def call(request, prepared):
    os.environ.update({**OWN, **os.environ})
    # derived from HOME when it is imported
    awscli.customizations.assumerole.CACHE_DIR = os.path.expanduser("~/.aws/cli/cache")
    same = all(os.environ.get(name) == value for name, value in WITHOUT_FILES.items())
    return prepared.main() if same else awscli.clidriver.main()


if __name__ == "__main__":
    driver = prepare()
    Server(sys.argv[1], lambda request: call(request, driver)).serve()
