"""Compares Gordon's table of runtimes with the data of cfn-lint and botocore.

runtimes.py GORDON WORK

Runs `gordon template` on a project with one lambda per runtime of the data, and reads from its
warnings and its template what Gordon makes of each. Prints each runtime that is new or has other
dates. Run it with the Python of a virtual environment that has cfn-lint.
"""
import json
import pathlib
import re
import shutil
import subprocess
import sys

import botocore.session
import cfnlint

AS_OF = re.search(r'#define AS_OF "([0-9-]+)"', (pathlib.Path(__file__).parents[2] /
                  "generator/resources/runtime.c").read_text()).group(1)
# AWS offers these only as container images; 'custom' is in botocore's list without a word.
NOT_FOR_ZIPS = {"dotnet5.0", "dotnet7", "dotnet9", "custom"}
# Gordon's name of a language: AWS's first runtime of Node.js was called the same.
IS_LANGUAGE = {"nodejs", "provided"}


def known_to_aws():
    """The runtimes with their dates {deprecated, create-block, update-block}, or None."""
    data = pathlib.Path(cfnlint.__file__).parent / "data/AdditionalSpecs/LmbdRuntimeLifecycle.json"
    runtimes = dict(json.loads(data.read_text()))
    model = botocore.session.get_session().get_service_model("lambda")
    for name in model.shape_for("Runtime").enum:
        runtimes.setdefault(name, None)
    return {name: dates for name, dates in runtimes.items()
            if name not in NOT_FOR_ZIPS | IS_LANGUAGE}


def template(gordon, work, names):
    """What Gordon says of each runtime, by name: {runtime, message}."""
    shutil.rmtree(work, ignore_errors=True)
    (work / "app/code").mkdir(parents=True)
    (work / "app/code/code.py").write_text("def handler(event, context): pass\n")
    (work / "settings.yml").write_text("project: p\ncode-bucket: b-x\napps: [app]\n")
    lines, at = ["lambdas:"], {}
    for i, name in enumerate(names):
        lines += [f"  l{i}:", "    code: code", "    handler: code.handler", f"    runtime: {name}"]
        at[len(lines)] = name
    (work / "app/settings.yml").write_text("\n".join(lines) + "\n")
    done = subprocess.run([gordon, "template"], cwd=work, text=True, capture_output=True)
    said = {name: {"message": ""} for name in names}
    for line, message in re.findall(r"^app/settings.yml:(\d+):\d+: (.*)", done.stderr, re.M):
        said[at[int(line)]]["message"] = message
    if done.returncode == 0:
        resources = json.loads((work / "_build/0003_r.json").read_text())["Resources"]
        for i, name in enumerate(names):
            said[name]["runtime"] = resources[f"AppL{i}"]["Properties"]["Runtime"]
    return done.returncode, said


def faults(name, dates, said):
    """What is wrong with Gordon's row of one runtime."""
    message = said["message"]
    if dates is None or dates["deprecated"] > AS_OF:
        if message or said["runtime"] != name:
            yield f"is not deprecated, but Gordon says: {message or said['runtime']}"
        return
    told = re.findall(r"\d{4}-\d\d-\d\d", message)
    if dates["create-block"] <= AS_OF:
        if told != [dates["create-block"]] or said["runtime"] == name:
            yield f"is retired since {dates['create-block']}, but Gordon says: {message}"
    elif told != [dates["create-block"], dates["update-block"]] or said["runtime"] != name:
        yield (f"has the dates {dates['create-block']} and {dates['update-block']}, but Gordon "
               f"says: {message}")


def main(gordon, work):
    runtimes = known_to_aws()
    code, said = template(gordon, work, sorted(runtimes))
    unknown = [name for name in said if "there is no runtime" in said[name]["message"]]
    bad = [f"{name}: is new; add a row to generator/resources/runtime.c" for name in unknown]
    if unknown:
        code, said = template(gordon, work, sorted(set(runtimes) - set(unknown)))
    if code != 0:
        sys.exit(f"gordon template: exit {code}\n{said}")
    for name in said:
        bad += [f"{name}: {fault}" for fault in faults(name, runtimes[name], said[name])]
    print("\n".join(bad) or f"{len(said)} runtimes are as AWS has them on {AS_OF}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], pathlib.Path(sys.argv[2])))
