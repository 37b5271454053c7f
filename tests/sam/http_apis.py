"""APIs of AWS::ApiGatewayV2 in one form. SAM writes an HTTP API as an OpenAPI body, with a permission and an integration
for each route. Gordon writes routes, which share both. In the form of this file, a route holds its integration and its
authorizer, and a permission is for all routes of a lambda.
"""
import json
import re

FUNCTION = re.compile(r"functions/\$\{([^}]+)\}/invocations$")
ANY_METHOD = "x-amazon-apigateway-any-method"


def function_of(uri):
    """The alias in the URI of an integration or an authorizer."""
    if not isinstance(uri, dict) or "Fn::Sub" not in uri:
        return uri
    text, variables = uri["Fn::Sub"] if isinstance(uri["Fn::Sub"], list) else (uri["Fn::Sub"], {})
    name = FUNCTION.search(text)[1]
    return variables.get(name, {"Ref": name})


def body_authorizer(scheme):
    own = scheme["x-amazon-apigateway-authorizer"]
    identity = own.get("identitySource")
    found = {"AuthorizerType": own["type"].upper(),
             "IdentitySource": identity if isinstance(identity, list) else [identity]}
    if own["type"] == "jwt":
        jwt = own["jwtConfiguration"]
        found["JwtConfiguration"] = {"Audience": jwt["audience"], "Issuer": jwt["issuer"]}
        return found
    names = {"authorizerResultTtlInSeconds": "AuthorizerResultTtlInSeconds",
             "authorizerPayloadFormatVersion": "AuthorizerPayloadFormatVersion",
             "enableSimpleResponses": "EnableSimpleResponses"}
    return {**found, "AuthorizerUri": own["authorizerUri"],
            **{name: own[key] for key, name in names.items() if key in own}}


def body_route(path, method, operation, schemes):
    own = operation["x-amazon-apigateway-integration"]
    integration = {"IntegrationType": own["type"].upper(), "IntegrationUri": own["uri"],
                   "PayloadFormatVersion": own["payloadFormatVersion"]}
    if "timeoutInMillis" in own:
        integration["TimeoutInMillis"] = own["timeoutInMillis"]
    verb = "ANY" if method == ANY_METHOD else method.upper()
    route = {"RouteKey": path if path == "$default" else f"{verb} {path}", "Integration": integration}
    for name, scopes in (operation.get("security") or [{}])[0].items():
        if name == "AWS_IAM":
            route["AuthorizationType"] = "AWS_IAM"
        elif name in schemes:
            route["Authorizer"] = body_authorizer(schemes[name])
            route["AuthorizationType"] = "JWT" if route["Authorizer"]["AuthorizerType"] == "JWT" else "CUSTOM"
            if scopes:
                route["AuthorizationScopes"] = scopes
    return route


def expand_body(name, properties, resources):
    """Replaces the body of an HTTP API by routes."""
    body = properties.pop("Body")
    schemes = body.get("components", {}).get("securitySchemes", {})
    properties["ProtocolType"] = "HTTP"
    cors = body.get("x-amazon-apigateway-cors")
    if cors:
        properties["CorsConfiguration"] = {key[0].upper() + key[1:]: value for key, value in cors.items()}
    for path, item in body["paths"].items():
        for method, operation in item.items():
            route = body_route(path, method, operation, schemes)
            resources[f"{name} {path} {method}"] = {
                "Type": "AWS::ApiGatewayV2::Route", "Properties": {"ApiId": {"Ref": name}, **route}}


def fill_route(properties, resources):
    """Puts the integration and the authorizer of a route into it."""
    if "Target" in properties:
        reference = properties.pop("Target")["Fn::Join"][1][1]["Ref"]
        properties["Integration"] = dict(resources[reference]["Properties"])
    if "AuthorizerId" in properties:
        properties["Authorizer"] = dict(resources[properties.pop("AuthorizerId")["Ref"]]["Properties"])
    for part, uri in (("Integration", "IntegrationUri"), ("Authorizer", "AuthorizerUri")):
        inner = properties.get(part, {})
        for key in ("ApiId", "Name"):
            inner.pop(key, None)
        if uri in inner:
            inner[uri] = function_of(inner[uri])
    properties.setdefault("AuthorizationType", "NONE")


def source_of_permission(properties):
    """The API, and whether it is for its authorizers."""
    text = json.dumps(properties["SourceArn"])
    variables = properties["SourceArn"]["Fn::Sub"]
    variables = variables[1] if isinstance(variables, list) else {}
    name = variables.get("__ApiId__", {}).get("Ref") or re.search(r"\$\{(\w+)(\.ApiId)?\}/", text)[1]
    return {"Ref": name}, "authorizers" if "/authorizers/" in text else "routes"


def in_one_form(resources):
    """The resources, with those of these APIs in the form of this file."""
    for name, resource in list(resources.items()):
        if resource["Type"] == "AWS::ApiGatewayV2::Api" and "Body" in resource["Properties"]:
            expand_body(name, resource["Properties"], resources)
    found, permissions = {}, set()
    for name, resource in resources.items():
        kind, properties = resource["Type"], resource.get("Properties", {})
        if kind == "AWS::ApiGatewayV2::Route":
            fill_route(properties, resources)
        if kind == "AWS::Lambda::Permission" and properties["Principal"] == "apigateway.amazonaws.com":
            properties["SourceArn"] = source_of_permission(properties)
            text = json.dumps(properties, sort_keys=True)
            if text in permissions:
                continue
            permissions.add(text)
        if kind.startswith("AWS::ApiGatewayV2::"):
            properties.pop("Name", None)
            properties.pop("Tags", None)
        if kind == "AWS::ApiGatewayV2::Stage":
            resource.pop("DependsOn", None)
        found[name] = resource
    # what the routes hold now
    return {name: resource for name, resource in found.items()
            if resource["Type"] not in ("AWS::ApiGatewayV2::Authorizer", "AWS::ApiGatewayV2::Integration")}
