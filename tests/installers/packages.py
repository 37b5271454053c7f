"""Packages of Python for tests: with a build backend of their own, so that pip downloads nothing."""
import io
import stat
import tarfile
import zipfile

BACKEND = '''import os, zipfile
NAME, VERSION, TAG, NEEDS = {name!r}, {version!r}, {tag!r}, {needs!r}

def build_wheel(folder, config_settings=None, metadata_directory=None):
    file = NAME + "-" + VERSION + "-" + TAG + ".whl"
    os.makedirs("build/bdist.test/left", exist_ok=True)
    os.makedirs(NAME + ".egg-info", exist_ok=True)
    info = NAME + "-" + VERSION + ".dist-info"
    with zipfile.ZipFile(os.path.join(folder, file), "w") as wheel:
        names = [info + "/METADATA", info + "/WHEEL", info + "/RECORD"]
        for name in sorted(os.listdir(NAME)):
            wheel.write(NAME + "/" + name)
            names.append(NAME + "/" + name)
        wheel.writestr(names[0], "Metadata-Version: 2.1\\nName: " + NAME + "\\nVersion: " + VERSION + "\\n"
                       + "".join("Requires-Dist: " + need + "\\n" for need in NEEDS))
        wheel.writestr(names[1], "Wheel-Version: 1.0\\nGenerator: test " + os.urandom(4).hex()
                       + "\\nRoot-Is-Purelib: true\\nTag: " + TAG + "\\n")
        wheel.writestr(names[2], "".join(name + ",,\\n" for name in names))
    return file
'''
BUILD_SYSTEM = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'


def package(name, version="1", tag="py3-none-any", needs=(), text="one\n"):
    """The files of a package, by their paths."""
    return {"pyproject.toml": BUILD_SYSTEM,
            "backend.py": BACKEND.format(name=name, version=version, tag=tag, needs=list(needs)),
            f"{name}/__init__.py": f"text = {text!r}\n"}


def write_package(folder, name, **more):
    for path, text in package(name, **more).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)


def write_sdist(folder, name, version="1", **more):
    """A source distribution in a folder for --find-links. Returns its path."""
    folder.mkdir(parents=True, exist_ok=True)
    base = f"{name}-{version}"
    files = {**package(name, version, **more),
             "PKG-INFO": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"}
    path = folder / f"{base}.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        for file, text in files.items():
            info = tarfile.TarInfo(f"{base}/{file}")
            info.size = len(text.encode())
            info.mtime = 1700000000
            tar.addfile(info, io.BytesIO(text.encode()))
    return path


def write_wheel(folder, name, version="1", tag="py3-none-any", files=None, needs=(), scripts=None):
    """A wheel. Returns its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path, info = folder / f"{name}-{version}-{tag}.whl", f"{name}-{version}.dist-info"
    content = {**(files if files is not None else {f"{name}.py": f"version = {version!r}\n"}),
               f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
                                   + "".join(f"Requires-Dist: {need}\n" for need in needs),
               f"{info}/WHEEL": f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n"}
    for script, text in (scripts or {}).items():
        content[f"{name}-{version}.data/scripts/{script}"] = text
    content[f"{info}/RECORD"] = "".join(f"{file},,\n" for file in [*content, f"{info}/RECORD"])
    with zipfile.ZipFile(path, "w") as wheel:
        for file, text in content.items():
            entry = zipfile.ZipInfo(file)
            mode = 0o755 if ".data/scripts/" in file else 0o644
            entry.external_attr = (stat.S_IFREG | mode) << 16  # pip asks for a regular file
            wheel.writestr(entry, text)
    return path
