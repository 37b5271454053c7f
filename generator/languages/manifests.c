#include <string.h>

#include "archive/entry.h"
#include "base/diag.h"
#include "base/util.h"
#include "languages/installers.h"
#include "languages/manifests.h"
#include "sources/collect.h"
#include "sources/package.h"

#define IS(language) (1u << (language))
#define PACK         " && cp -R . \"$GORDON_TARGET\""
#define UNZIP(jar)   " && unzip -q " jar " -d \"$GORDON_TARGET\""
#define BOOTSTRAP    "\"$GORDON_TARGET/bootstrap\""

/* Well-known manifests. The commands are examples for `build`; they run in a copy of the code. */
static const struct known {
    const char *name;  /* with '*' in front: how it ends */
    unsigned read_for; /* the languages for which Gordon reads it */
    bool
        other; /* it counts only if Gordon reads no other manifest: it is an older way, or a part */
    const char *build;
} all[] = {
    /* what Gordon reads, and the languages for which it does */
    {"requirements.txt", IS(LANG_PYTHON), false,
     "pip install -r requirements.txt --target \"$GORDON_TARGET\"" PACK},
    {"package.json", IS(LANG_NODE), false, "npm ci --omit=dev" PACK},
    {"pom.xml", IS(LANG_JAVA), false, "mvn -q package" UNZIP("target/*.jar")},
    {"build.gradle", IS(LANG_JAVA), false, "gradle shadowJar" UNZIP("build/libs/*-all.jar")},
    {"build.gradle.kts", IS(LANG_JAVA), false, "gradle shadowJar" UNZIP("build/libs/*-all.jar")},
    {"go.mod", IS(LANG_GO), false, "CGO_ENABLED=0 GOOS=linux go build -o " BOOTSTRAP " ."},
    /* Python */
    {"setup.py", 0, true, "pip install . --target \"$GORDON_TARGET\"" PACK},
    {"pdm.lock", 0, true,
     "pdm export --prod -o all.txt && pip install -r all.txt --target \"$GORDON_TARGET\"" PACK},
    {"environment.yml", 0, false,
     "conda env create -p env -f environment.yml && cp -R env/lib/python3.*/site-packages/. *.py "
     "\"$GORDON_TARGET\""},
    {"environment.yaml", 0, false,
     "conda env create -p env -f environment.yaml && cp -R env/lib/python3.*/site-packages/. *.py "
     "\"$GORDON_TARGET\""},
    {"pixi.toml", 0, true,
     "pixi install && cp -R .pixi/envs/default/lib/python3.*/site-packages/. *.py "
     "\"$GORDON_TARGET\""},
    /* JavaScript: npm would install other versions than those of these files */
    {"bun.lock", 0, false, "bun install --production" PACK},
    {"bun.lockb", 0, false, "bun install --production" PACK},
    {"deno.json", 0, false, "deno compile -A -o " BOOTSTRAP " main.ts"},
    {"deno.jsonc", 0, false, "deno compile -A -o " BOOTSTRAP " main.ts"},
    /* the JVM */
    {"build.sbt", 0, false, "sbt assembly" UNZIP("target/scala-*/*-assembly-*.jar")},
    {"build.sc", 0, false, "mill fn.assembly" UNZIP("out/fn/assembly.dest/out.jar")},
    {"build.mill", 0, false, "mill fn.assembly" UNZIP("out/fn/assembly.dest/out.jar")},
    {"project.clj", 0, false, "lein uberjar" UNZIP("target/*-standalone.jar")},
    {"deps.edn", 0, false, "clojure -T:build uber" UNZIP("target/*.jar")},
    {"ivy.xml", 0, true, "ant jar" UNZIP("build/*.jar")},
    /* Ruby */
    {"Gemfile", IS(LANG_RUBY), false,
     "bundle config set --local path vendor/bundle && bundle install" PACK},
    {"gems.rb", IS(LANG_RUBY), false,
     "bundle config set --local path vendor/bundle && bundle install" PACK},
    {"*.gemspec", 0, true, "gem build && gem install -i \"$GORDON_TARGET/vendor\" *.gem" PACK},
    /* .NET */
    {"*.csproj", IS(LANG_DOTNET), false,
     "dotnet publish -c Release -r linux-x64 -o \"$GORDON_TARGET\""},
    {"*.fsproj", IS(LANG_DOTNET), false,
     "dotnet publish -c Release -r linux-x64 -o \"$GORDON_TARGET\""},
    {"*.vbproj", IS(LANG_DOTNET), false,
     "dotnet publish -c Release -r linux-x64 -o \"$GORDON_TARGET\""},
    /* programs */
    {"Cargo.toml", IS(LANG_OTHER), false,
     "cargo build --release && cp target/release/NAME " BOOTSTRAP},
    {"composer.json", 0, false, "composer install --no-dev" PACK},
    {"mix.exs", 0, false, "MIX_ENV=prod mix release --path \"$GORDON_TARGET\""},
    {"rebar.config", 0, false, "rebar3 as prod release -o \"$GORDON_TARGET\""},
    {"Package.swift", 0, false,
     "swift build -c release --static-swift-stdlib && cp .build/release/NAME " BOOTSTRAP},
    {"stack.yaml", 0, false, "stack install --local-bin-path \"$GORDON_TARGET\""},
    {"*.cabal", 0, true, "cabal install --install-method=copy --installdir=\"$GORDON_TARGET\""},
    {"dune-project", 0, false,
     "dune build --profile release && cp _build/default/bin/main.exe " BOOTSTRAP},
    {"build.zig", 0, false, "zig build --prefix out && cp out/bin/NAME " BOOTSTRAP},
    {"shard.yml", 0, false, "shards build --production && cp bin/NAME " BOOTSTRAP},
    {"*.nimble", 0, false, "nimble build -d:release && cp NAME " BOOTSTRAP},
    {"pubspec.yaml", 0, false, "dart compile exe bin/main.dart -o " BOOTSTRAP},
    {"cpanfile", 0, false, "cpanm -L \"$GORDON_TARGET/local\" --installdeps ." PACK},
    {"renv.lock", 0, false, "Rscript -e 'renv::restore(library = \"library\")'" PACK},
    {"vcpkg.json", 0, false, "cmake -S . -B out && cmake --build out && cp out/NAME " BOOTSTRAP},
    {"conanfile.txt", 0, false, "conan build . && cp build/NAME " BOOTSTRAP},
    {"conanfile.py", 0, false, "conan build . && cp build/NAME " BOOTSTRAP},
};

static bool fits(const struct known *known, const char *name)
{
    return *known->name == '*' ? str_ends(name, known->name + 1) && *name != '.'
                               : strcmp(name, known->name) == 0;
}

static void warn_of(const struct package *package, const struct pack_entry *file,
                    const struct known *known)
{
    const struct pos pos = {.file = file->source};
    if (package->language == LANG_NONE) /* a layer */
        diag_warning(pos,
                     "what it names is not installed: %s has no 'runtimes' of one language with a "
                     "folder in layers; set them, or commands that fill the zip, as in  build: %s  "
                     "or leave it out by .gordonignore",
                     package->reference, known->build);
    else
        diag_warning(
            pos,
            "what it names is not installed: Gordon does not read it for the runtime %s of %s; "
            "set commands that fill the zip, as in  build: %s  or leave it out by "
            ".gordonignore",
            package->runtime, package->reference, known->build);
}

void manifests_warn(const struct package *package, const struct collection *files)
{
    bool reads = installer_of(package) != NULL;
    for (size_t i = 0; i < files->nentries; i++)
        for (size_t k = 0; !strchr(files->entries[i].name, '/') && k < countof(all); k++)
            if (fits(&all[k], files->entries[i].name) && !(all[k].other && reads) &&
                !(all[k].read_for & IS(package->language)))
                warn_of(package, &files->entries[i], &all[k]);
}
