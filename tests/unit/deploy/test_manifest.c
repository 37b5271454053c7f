#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive/tar.h"
#include "base/diag.h"
#include "base/file.h"
#include "base/removal.h"
#include "base/util.h"
#include "check.h"
#include "deploy/manifest.h"
#include "diag_flushed.h"

static struct arena *arena;

#define SHA "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define HEAD                                                                                       \
    "\"format\": 1, \"project\": \"shop\", \"stage\": \"prod\", \"default-region\": \"eu-west-1\""
#define FILES "\"files\": [{\"path\": \"a\", \"size\": 3, \"sha256\": \"" SHA "\"}]"

static bool same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* What is written is read back. */
static void test_back(void)
{
    const struct tar_file files[] = {{"0001_p.json", 0, SHA}, {"code/a.zip", 5000000000, SHA}};
    const struct manifest_place resources[] = {{"Table", {"settings.yml", 7, 3, 1}},
                                               {"A", {"a:b/settings.yml", 1, 1, 1}}};
    const struct manifest_place parameters[] = {{"Name", {"app/settings.yml", 12, 40, 1}}};
    const struct manifest full = {"shop", "prod", "us-east-1", "eu-west-1", "123456789012",
                                  files,  2,      resources,   parameters,  2,
                                  1};
    struct manifest back;
    CHECK(manifest_write("m", &full) && manifest_read(arena, "m", "r", &back));
    CHECK(same(back.project, "shop") && same(back.stage, "prod") &&
          same(back.region, "us-east-1") && same(back.default_region, "eu-west-1") &&
          same(back.account, "123456789012"));
    CHECK(back.nfiles == 2 && same(back.files[1].name, "code/a.zip") &&
          back.files[1].size == 5000000000 && same(back.files[1].sha256, SHA));
    CHECK(back.nresources == 2 && back.nparameters == 1 && same(back.parameters[0].name, "Name") &&
          same(back.parameters[0].pos.file, "app/settings.yml") &&
          back.parameters[0].pos.line == 12 && back.parameters[0].pos.column == 40);
    for (size_t i = 0; i < back.nresources; i++) {
        const struct pos *pos = &back.resources[i].pos;
        CHECK(same(back.resources[i].name, "A") ? same(pos->file, "a:b/settings.yml")
                                                : pos->line == 7 && pos->column == 3);
    }
    const struct manifest small = {.project = "shop",
                                   .stage = "prod",
                                   .files = files,
                                   .nfiles = 1,
                                   .default_region = "eu-west-1"};
    CHECK(manifest_write("m", &small) && manifest_read(arena, "m", "r", &back));
    CHECK(!back.region && !back.account && back.nfiles == 1 && !back.nresources &&
          !back.nparameters);
    CHECK(same(diag_flushed(arena, "flushed"), ""));
}

static void refuses(const char *text, const char *why)
{
    struct manifest m;
    CHECK(file_write("m", text, strlen(text), 0644));
    bool ok = manifest_read(arena, "m", "shop.tar", &m);
    const char *said = diag_flushed(arena, "flushed");
    if (!CHECK(!ok && strstr(said, "shop.tar: error: ") && strstr(said, why)))
        fprintf(stderr, "  %s\n  %s", text, said);
}

static void test_wrong(void)
{
    static const struct {
        const char *text, *why;
    } cases[] = {
        {"{}", "this release has the format 0, and gordon"},
        {"{\"format\": 2, \"gordon\": \"9.0\"}", "apply it with the gordon that wrote it, 9.0"},
        {"{\"format\": 2, \"gordon\": 9}", "apply it with the gordon that wrote it, another one"},
        {"{\"format\": 1, \"project\": \"a b\", \"stage\": \"prod\", \"default-region\": "
         "\"eu-west-1\", " FILES "}",
         "has no project, stage or region"},
        {"{\"format\": 1, \"project\": \"shop\", \"stage\": \"-p\", \"default-region\": "
         "\"eu-west-1\", " FILES "}",
         "has no project, stage or region"},
        {"{\"format\": 1, \"project\": \"shop\", \"stage\": \"prod\", \"default-region\": "
         "\"x\", " FILES "}",
         "has no project, stage or region"},
        {"{" HEAD ", \"region\": \"x\", " FILES "}", "has an invalid region or account"},
        {"{" HEAD ", \"aws-account-id\": \"\", " FILES "}", "has an invalid region or account"},
        {"{" HEAD "}", "has no files"},
        {"{" HEAD ", \"files\": []}", "has no files"},
        {"{" HEAD ", \"files\": [{\"size\": 3, \"sha256\": \"" SHA "\"}]}", "has a file without"},
        {"{" HEAD ", \"files\": [{\"path\": \"/a\", \"size\": 3, \"sha256\": \"" SHA "\"}]}",
         "has a file without"},
        {"{" HEAD ", \"files\": [{\"path\": \"\", \"size\": 3, \"sha256\": \"" SHA "\"}]}",
         "has a file without"},
        {"{" HEAD ", \"files\": [{\"path\": \"a\", \"size\": -1, \"sha256\": \"" SHA "\"}]}",
         "has a file without"},
        {"{" HEAD ", \"files\": [{\"path\": \"a\", \"size\": \"3\", \"sha256\": \"" SHA "\"}]}",
         "has a file without"},
        {"{" HEAD ", \"files\": [{\"path\": \"a\", \"size\": 3, \"sha256\": \"" SHA "0\"}]}",
         "has a file without"},
        {"{" HEAD ", \"files\": [{\"path\": \"a\", \"size\": 3, \"sha256\": \"abc\"}]}",
         "has a file without"},
        {"{" HEAD ", " FILES ", \"places\": {\"resources\": {\"A\": 1}}}", "has an invalid place"},
        {"{" HEAD ", " FILES ", \"places\": {\"resources\": {\"A\": \"f:1\"}}}",
         "has an invalid place"},
        {"{" HEAD ", " FILES ", \"places\": {\"resources\": {\"A\": \"f\"}}}",
         "has an invalid place"},
        {"{" HEAD ", " FILES ", \"places\": {\"parameters\": {\"A\": \"f:0:1\"}}}",
         "has an invalid place"},
        {"{" HEAD ", " FILES ", \"places\": {\"parameters\": {\"A\": \"f:1:0\"}}}",
         "has an invalid place"},
        {"{" HEAD ", " FILES ", \"places\": {\"parameters\": {\"A\": \"/f:1:1\"}}}",
         "has an invalid place"},
        {"{\"format\": 1, \"format\": 1}",
         "this is no release that gordon wrote: manifest.json has"},
        {"[", "this is no release that gordon wrote: manifest.json has"},
    };
    for (size_t i = 0; i < countof(cases); i++)
        refuses(cases[i].text, cases[i].why);
    struct manifest m;
    CHECK(remove_path("m") && !manifest_read(arena, "m", "shop.tar", &m));
    CHECK(strstr(diag_flushed(arena, "flushed"), "this is no release that gordon wrote"));
}

static void test_writing(void)
{
    const struct manifest good = {
        .project = "shop", .stage = "prod", .default_region = "eu-west-1"};
    const struct manifest bad = {.project = "\xff", .stage = "prod", .default_region = "eu-west-1"};
    CHECK(file_write("file", "", 0, 0644) && !manifest_write("file/m", &good));
    CHECK(strstr(diag_flushed(arena, "flushed"), "file/m: error: cannot be written"));
    CHECK(!manifest_write("m", &bad));
    CHECK(same(diag_flushed(arena, "flushed"), "m: error: a name is not UTF-8\n"));
}

int main(void)
{
    char folder[] = "/tmp/gordon-test-manifest-XXXXXX";
    if (!CHECK(mkdtemp(folder)) || !CHECK(chdir(folder) == 0))
        return check_result();
    setenv("NO_COLOR", "1", 1);
    arena = arena_new();
    test_back();
    test_wrong();
    test_writing();
    CHECK(chdir("/") == 0 && remove_path(folder));
    arena_free(arena);
    diag_end();
    return check_result();
}
