def answer(event, context):
    return {"event": event}
