#include <string.h>

#include "base/util.h"
#include "callers/time_zone.h"
#include "check.h"

static struct arena *arena;

static bool near_is(const char *name, const char *expected)
{
    const char *near = time_zone_near(arena, name);
    return near && expected ? strcmp(near, expected) == 0 : !near && !expected;
}

int main(void)
{
    arena = arena_new();
    CHECK(time_zone_is("Europe/Madrid"));
    CHECK(time_zone_is("Africa/Abidjan")); /* the first one */
    CHECK(time_zone_is("Zulu"));           /* the last one */
    CHECK(time_zone_is("UTC"));
    CHECK(time_zone_is("America/Argentina/Buenos_Aires"));
    CHECK(time_zone_is("Etc/GMT+5"));
    CHECK(!time_zone_is(""));
    CHECK(!time_zone_is(" "));
    CHECK(!time_zone_is("Europe"));
    CHECK(!time_zone_is("Europe/"));
    CHECK(!time_zone_is("Madrid"));
    CHECK(!time_zone_is("europe/madrid"));
    CHECK(!time_zone_is("Africa/Abidjan Africa/Accra"));
    CHECK(near_is("Europe/Madird", "Europe/Madrid"));
    CHECK(near_is("europe/madrid", "Europe/Madrid"));
    CHECK(near_is("madrid", "Europe/Madrid"));
    CHECK(near_is("Buenos_Aires", "America/Argentina/Buenos_Aires"));
    CHECK(near_is("nowhere at all", NULL));
    arena_free(arena);
    return check_result();
}
