def handler(event, context): return "packed"
