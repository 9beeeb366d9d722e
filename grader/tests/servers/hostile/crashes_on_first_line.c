/* A segmentation fault as soon as the first bytes of a client are received. */
#include <stddef.h>
#include <sys/socket.h>

static ssize_t	receive_and_crash(int fd, void *bytes, size_t room, int flags)
{
	ssize_t			count = recv(fd, bytes, room, flags);
	volatile char	*nowhere = NULL;

	if (count > 0)
		*nowhere = 1;
	return (count);
}

#define recv receive_and_crash
#include "../plain.c"
