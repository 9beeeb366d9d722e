/* The plain server, with pselect instead of select. */
#include <stddef.h>
#include <sys/select.h>
#include <sys/time.h>

static int	ask(int count, fd_set *reading, fd_set *writing, fd_set *other, struct timeval *time)
{
	struct timespec	at_once = {0, 0};

	return (pselect(count, reading, writing, other, time == NULL ? NULL : &at_once, NULL));
}

#define select ask
#include "../plain.c"
