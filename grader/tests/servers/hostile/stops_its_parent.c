/* Stops its parent, which is the grader's own. */
#define TURNS "stop"
#include "kills_its_parent.c"
