/*
 * Sends one byte every 150 milliseconds: nobody ever waits for long, and nothing ever comes to an
 * end.
 */
#include <sys/types.h>
#include <sys/socket.h>
#include <time.h>

static ssize_t	trickle(int fd, const void *bytes, size_t size, int flags)
{
	struct timespec	wait = {0, 150 * 1000000L};

	nanosleep(&wait, NULL);
	return (send(fd, bytes, size > 1, flags));
}

#define send trickle
#include "../plain.c"
