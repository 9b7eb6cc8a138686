/* What the tests share: a check that says where it failed. */
#ifndef LIVEPOOL_CHECK_H
#define LIVEPOOL_CHECK_H

#include "livepool.h"

#include <stdio.h>
#include <stdlib.h>

#define CHECK(condition)                                                             \
    do {                                                                             \
        if (!(condition)) {                                                          \
            char text_[512] = "";                                                    \
            livepool_last_error(text_, sizeof text_);                                \
            fprintf(stderr, "%s:%d: not so: %s (last error: %s)\n", __FILE__, __LINE__, #condition, text_); \
            exit(1);                                                                 \
        }                                                                            \
    } while (0)

#endif
