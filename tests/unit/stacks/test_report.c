#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/removal.h"
#include "base/util.h"
#include "check.h"
#include "stacks/report.h"

static struct arena *arena;

/* What `print` writes to standard output. */
static const char *printed(void (*print)(void))
{
    size_t len;
    int kept = dup(1);
    fflush(stdout);
    if (!freopen("printed", "w", stdout))
        return "";
    print();
    fflush(stdout);
    dup2(kept, 1);
    close(kept);
    return file_read(arena, "printed", &len);
}

static void print_all(void)
{
    report_title("Applying project...");
    report_step("0001_p.json", "cloudformation");
    report_status("CREATE_COMPLETE");
    report_line("note", json_pack("{s:i}", "n", 1), "a %s", "line");
    report_step("0002_r.json", "cloudformation");
    report_line("note", json_object(), "second");
    report_output("Url", "https://x", true);
    report_output("Other", "y", false);
    report_sum_line(json_pack("{s:i}", "n", 2), "%d in all", 2);
    report_end(0);
}

static void is(const char *said, const char *expected)
{
    if (!CHECK(strcmp(said, expected) == 0))
        fprintf(stderr, "%s", said);
}

int main(void)
{
    char folder[] = "/tmp/gordon-test-report-XXXXXX";
    if (!CHECK(mkdtemp(folder)) || !CHECK(chdir(folder) == 0))
        return check_result();
    setenv("NO_COLOR", "1", 1);
    arena = arena_new();
    is(printed(print_all), "Applying project...\n"
                           "  0001_p.json (cloudformation)\n"
                           "    CREATE_COMPLETE\n"
                           "    a line\n"
                           "  0002_r.json (cloudformation)\n"
                           "    second\n"
                           "Project Outputs:\n"
                           "  Url\n"
                           "    https://x\n"
                           "  Other\n"
                           "    y\n"
                           "2 in all\n");
    report_json(true);
    CHECK(report_is_json());
    is(printed(print_all),
       "{\"type\":\"title\",\"text\":\"Applying project...\"}\n"
       "{\"type\":\"step\",\"step\":\"0001_p.json\",\"kind\":\"cloudformation\"}\n"
       "{\"type\":\"status\",\"step\":\"0001_p.json\",\"status\":\"CREATE_COMPLETE\"}\n"
       "{\"type\":\"note\",\"step\":\"0001_p.json\",\"n\":1}\n"
       "{\"type\":\"step\",\"step\":\"0002_r.json\",\"kind\":\"cloudformation\"}\n"
       "{\"type\":\"note\",\"step\":\"0002_r.json\"}\n"
       "{\"type\":\"output\",\"name\":\"Url\",\"value\":\"https://x\"}\n"
       "{\"type\":\"output\",\"name\":\"Other\",\"value\":\"y\"}\n"
       "{\"type\":\"sum\",\"n\":2}\n"
       "{\"type\":\"end\",\"status\":0}\n");
    report_json(false);
    CHECK(!report_is_json());
    CHECK(strcmp(report_color("UPDATE_COMPLETE"), report_color("CREATE_COMPLETE")) == 0 &&
          strcmp(report_color("UPDATE_ROLLBACK_COMPLETE"), report_color("CREATE_FAILED")) == 0 &&
          strcmp(report_color("CREATE_FAILED"), report_color("CREATE_COMPLETE")) != 0 &&
          strcmp(report_color("UPDATE_IN_PROGRESS"), report_color("CREATE_COMPLETE")) != 0 &&
          strcmp(report_color("WHAT"), "") == 0);
    CHECK(chdir("/") == 0 && remove_path(folder));
    arena_free(arena);
    return check_result();
}
