from acme.shared import greeting


def handler(event, context):
    return [greeting]
