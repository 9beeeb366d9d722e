/* The plain server, with poll instead of select. */
#include <poll.h>
#include <stddef.h>
#include <sys/select.h>
#include <sys/time.h>

static int	ask(int count, fd_set *reading, fd_set *writing, fd_set *other, struct timeval *time)
{
	struct pollfd	all[FD_SETSIZE];

	(void)other;
	for (int fd = 0; fd < count; fd++) {
		all[fd].fd = -1;
		all[fd].events = 0;
		if (reading != NULL && FD_ISSET(fd, reading))
			all[fd].events |= POLLIN;
		if (writing != NULL && FD_ISSET(fd, writing))
			all[fd].events |= POLLOUT;
		if (all[fd].events != 0)
			all[fd].fd = fd;
	}
	int	ready = poll(all, count, time == NULL ? -1 : 0);
	for (int fd = 0; fd < count; fd++) {
		int	found = all[fd].fd < 0 ? 0 : all[fd].revents;

		if (reading != NULL && !(found & (POLLIN | POLLHUP | POLLERR)))
			FD_CLR(fd, reading);
		if (writing != NULL && !(found & POLLOUT))
			FD_CLR(fd, writing);
	}
	return (ready);
}

#define select ask
#include "../plain.c"
