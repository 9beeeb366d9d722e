/* A segmentation fault as soon as the first client is accepted. */
#include <stddef.h>
#include <sys/socket.h>

static int	accept_and_crash(int fd, struct sockaddr *address, socklen_t *length)
{
	int				client = accept(fd, address, length);
	volatile char	*nowhere = NULL;

	if (client >= 0)
		*nowhere = 1;
	return (client);
}

#define accept accept_and_crash
#include "../plain.c"
