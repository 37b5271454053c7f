/* api_account.h - the role by which API Gateway writes logs, which an account has once for each
 * region. */
#ifndef APIS_API_ACCOUNT_H
#define APIS_API_ACCOUNT_H

struct api_writer;

/* Adds the role and the setting of the account, unless another API did; returns the id of the
 * setting. Both stay when the stack is deleted, because other APIs may use them. */
const char *api_account_write(struct api_writer *w);

#endif
