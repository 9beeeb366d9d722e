/* The plain server, with epoll instead of select. */
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/time.h>
#include <unistd.h>

static int	ask(int count, fd_set *reading, fd_set *writing, fd_set *other, struct timeval *time)
{
	struct epoll_event	found[64];
	int					epoll = epoll_create1(0);

	(void)other;
	for (int fd = 0; fd < count; fd++) {
		struct epoll_event	wanted = {.events = 0, .data.fd = fd};

		if (reading != NULL && FD_ISSET(fd, reading))
			wanted.events |= EPOLLIN;
		if (writing != NULL && FD_ISSET(fd, writing))
			wanted.events |= EPOLLOUT;
		if (wanted.events != 0)
			epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &wanted);
	}
	int	ready = epoll_wait(epoll, found, 64, time == NULL ? -1 : 0);
	if (reading != NULL)
		FD_ZERO(reading);
	if (writing != NULL)
		FD_ZERO(writing);
	for (int i = 0; i < ready; i++) {
		if (reading != NULL && (found[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)))
			FD_SET(found[i].data.fd, reading);
		if (writing != NULL && (found[i].events & EPOLLOUT))
			FD_SET(found[i].data.fd, writing);
	}
	close(epoll);
	return (ready);
}

#define select ask
#include "../plain.c"
