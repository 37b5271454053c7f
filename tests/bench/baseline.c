/* baseline.c - a lower bound for the time of templates: libyaml parses the settings, jansson loads
 * and dumps the templates. usage: baseline SETTINGS.yml... -- TEMPLATE.json... */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

static int parse(const char *path)
{
    FILE *in = fopen(path, "rb");
    yaml_parser_t parser;
    yaml_event_t event;
    int done = 0;
    if (!in || !yaml_parser_initialize(&parser))
        return 0;
    yaml_parser_set_input_file(&parser, in);
    while (!done && yaml_parser_parse(&parser, &event)) {
        done = event.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    fclose(in);
    return done;
}

static int load_and_dump(const char *path)
{
    json_t *json = json_load_file(path, 0, NULL);
    FILE *out = fopen("/dev/null", "w");
    char *text = json_dumps(json, JSON_SORT_KEYS | JSON_INDENT(4));
    int ok = out && text && fputs(text, out) >= 0;
    free(text);
    json_decref(json);
    if (out)
        fclose(out);
    return ok;
}

int main(int argc, char *argv[])
{
    int (*work)(const char *path) = parse;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--") == 0)
            work = load_and_dump;
        else if (!work(argv[i]))
            return fprintf(stderr, "%s: failed\n", argv[i]), 1;
    }
    return 0;
}
