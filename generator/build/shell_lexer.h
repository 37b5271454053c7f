/* shell_lexer.h - the state of shell_read, for the files shell*.c. */
#ifndef BUILD_SHELL_LEXER_H
#define BUILD_SHELL_LEXER_H
#include "build/shell_site.h" /* for struct shell_site */

struct arena;

struct lexer {
    struct arena *arena;
    const char *text;
    size_t at, end; /* where it reads, and to where */
    struct shell_site *sites;
    size_t nsites, next;
    const char *lost;  /* why nothing is certain from here to the end, or NULL */
    const char *doubt; /* why no site is certain in this part, or NULL */
    bool unclosed;     /* a part ended with the text */
    int depth;
    struct shell_document **pending; /* here-documents whose text begins after this line */
    size_t npending;
    size_t outer;               /* pending ones outside of the $(...) that is read */
    int nested, quotes, braces; /* levels of $(...), "..." and ${...} */
    bool test;                  /* directly in [[ ]] */
};

/* The next character, or '\0' at the end or if the lexer is lost. */
char lexer_char(const struct lexer *l);
/* The character after that, or '\0'. */
char lexer_second(const struct lexer *l);
/* Whether a backslash and a line end follow, which a shell drops. */
bool lexer_continued(const struct lexer *l);
/* Takes the site that is next, if one is. `why` is NULL, or says why its context is not certain. */
bool lexer_site(struct lexer *l, enum shell_context context, const char *why);
/* Takes the character that closes a part. */
void lexer_close(struct lexer *l);
/* From here on shells differ, or the lexer does not know their reading. */
void lexer_lose(struct lexer *l, const char *why);
/* Begins a nested part, which lexer_leave ends. */
void lexer_enter(struct lexer *l);
void lexer_leave(struct lexer *l);

enum quoting { QUOTING_NONE, QUOTING_DOUBLE, QUOTING_HERE };

/* Reads a backslash, a quoted part, or what begins with $ or a backquote. Returns false, and reads
 * nothing, if the next character begins none of these. */
bool shell_part(struct lexer *l, enum quoting quoting);
/* Reads arithmetic after its "((". `command`: it is a command of bash, and two subshells of other
 * shells. */
void shell_arithmetic(struct lexer *l, bool command);

enum shell_until { UNTIL_END, UNTIL_PAREN, UNTIL_CASE, UNTIL_ARRAY };
enum shell_stop { STOP_NOT, STOP_END, STOP_PAREN, STOP_NEXT, STOP_ESAC };

/* Reads commands to the end, to the ")" that closes them, or to ";;" or "esac" of their "case". */
enum shell_stop shell_commands(struct lexer *l, enum shell_until until);
/* Reads the commands of $(...) or <(...) after its "(". */
void shell_nested(struct lexer *l);

/* Reads the delimiter of a here-document after its "<<". */
void shell_here(struct lexer *l);
/* Reads the here-documents that begin after the line end just read. */
void shell_documents(struct lexer *l);

#endif
