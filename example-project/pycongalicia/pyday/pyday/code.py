"""Says hello, and writes the event that it was called with to its log."""
import json


def handler(event, context):
    print("event:", json.dumps(event, sort_keys=True))
    return {"message": "Hello World!"}
