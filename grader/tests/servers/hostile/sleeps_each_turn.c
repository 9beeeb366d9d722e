/*
 * Sleeps for 20 milliseconds before it asks select, each time: correct in every byte, and with
 * some thousand clients it takes minutes.
 */
#include <sys/select.h>
#include <time.h>

static int	sleep_and_select(int count, fd_set *reads, fd_set *writes, fd_set *others,
		struct timeval *timeout)
{
	struct timespec	wait = {0, 20 * 1000000L};

	nanosleep(&wait, NULL);
	return (select(count, reads, writes, others, timeout));
}

#define select sleep_and_select
#include "../plain.c"
