/* Becomes what its parent is, which can serve as the reference. */
#define TURNS "become"
#include "kills_its_parent.c"
