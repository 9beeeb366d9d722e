/* Traces its parent, which is the grader's own. */
#define TURNS "trace"
#include "kills_its_parent.c"
