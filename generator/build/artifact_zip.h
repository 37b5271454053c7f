/* artifact_zip.h - zips of folders and files for S3 (resources/artifact.h). They leave out what the
 * zip of a lambda's code leaves out, but nothing is installed or built. */
#ifndef BUILD_ARTIFACT_ZIP_H
#define BUILD_ARTIFACT_ZIP_H
#include "resources/artifact.h" /* for artifact_zip */

/* An artifact_zip. */
artifact_zip artifact_zip_look;

#endif
