/* mask.h - texts that nothing shows: the values of secrets. */
#ifndef BASE_MASK_H
#define BASE_MASK_H

enum mask {
    MASK_MESSAGES,   /* may be secret: hidden in messages, and not in a result that was asked for */
    MASK_EVERYWHERE, /* a secret */
};

/* Shorter texts are not masked: they are hardly secret, and messages would consist of dots. */
enum { MASK_MIN = 6 };

/* From now on mask_text hides this text, and each of its lines. The text is copied. */
void mask_add(const char *text, enum mask mask);
/* Returns the text with "..." in place of what is masked at least as `least`, as it is or encoded:
 * with the escapes of JSON and other languages, as part of a URL, in base64 or hexadecimal, and up
 * to two of these within each other. MASK_EVERYWHERE is for results. The memory lives until
 * mask_end. */
char *mask_text(const char *text, enum mask least);
/* Forgets all, at the end of the program. */
void mask_end(void);

#endif
