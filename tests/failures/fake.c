/* fake.c - pip, npm and aws for test_failures.py, by the name under which they run. They are fast,
 * and do the same every time.
 *
 * pip and npm install one file. aws sends its arguments and its input to the socket FAKE_AWS, where
 * test_failures.py answers with the exit status and what is to be printed, each preceded by its
 * length. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static int put(const char *folder, const char *name)
{
    char *path;
    if (asprintf(&path, "%s/%s", folder, name) < 0)
        return 1;
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0777);
        *slash = '/';
    }
    FILE *out = fopen(path, "w");
    return !out || fputs("installed\n", out) < 0 || fclose(out) != 0;
}

static int install(int argc, char *argv[], const char *name)
{
    const char *folder = ".";
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--version") == 0)
            return puts("1.0") < 0;
        else if (strcmp(argv[i], "--target") == 0 && i + 1 < argc)
            folder = argv[i + 1];
    return put(folder, name);
}

static void send_text(FILE *to, const char *text, size_t len)
{
    fprintf(to, "%zu\n", len);
    fwrite(text, 1, len, to);
}

static void pass_on(FILE *from, FILE *to)
{
    size_t len = 0;
    if (fscanf(from, "%zu", &len) != 1 || fgetc(from) != '\n')
        exit(255);
    for (; len; len--)
        fputc(fgetc(from), to);
}

static int aws(int argc, char *argv[])
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char input[1 << 16];
    size_t len = 0;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), status;
    snprintf(address.sun_path, sizeof address.sun_path, "%s", getenv("FAKE_AWS"));
    if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
        return 255;
    FILE *to = fdopen(dup(fd), "w"), *from = fdopen(fd, "r");
    fprintf(to, "%d\n", argc);
    for (int i = 1; i < argc; i++)
        send_text(to, argv[i], strlen(argv[i]));
    len = fread(input, 1, sizeof input, stdin);
    send_text(to, input, len);
    fflush(to);
    if (fscanf(from, "%d", &status) != 1)
        return 255;
    pass_on(from, stdout);
    pass_on(from, stderr);
    return fflush(stdout) ? 255 : status;
}

int main(int argc, char *argv[])
{
    const char *name = strrchr(argv[0], '/') ? strrchr(argv[0], '/') + 1 : argv[0];
    if (strcmp(name, "pip") == 0)
        return install(argc, argv, "dependency/__init__.py");
    if (strcmp(name, "npm") == 0)
        return install(argc, argv, "node_modules/dependency/index.js");
    return aws(argc, argv);
}
