import six

from parts import greeting


def handler(event, context):
    return greeting.of(event) + six.__version__
