/* Stops itself when its first client has arrived, and waits to be continued. */
#include <signal.h>
#include <stddef.h>
#include <sys/socket.h>

static int	accept_and_stop(int listener, struct sockaddr *address, socklen_t *length)
{
	static int	stopped;
	int			fd = accept(listener, address, length);

	if (fd >= 0 && !stopped) {
		stopped = 1;
		raise(SIGSTOP);
	}
	return (fd);
}

#define accept accept_and_stop
#include "../plain.c"
