def of(event):
    return "Hello " + event["name"]
