/* documentdb.h - the kind `documentdb`: lambdas that get the changes of a database of DocumentDB.
 */
#ifndef MAPPINGS_DOCUMENTDB_H
#define MAPPINGS_DOCUMENTDB_H
#include "resources/model.h" /* for struct kind */

extern const struct kind documentdb_kind;

#endif
